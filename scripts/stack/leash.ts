// Loaded before a function's own code: ends its process when the stack that started it is gone, which
// `kill -9` leaves no other way to learn.
const CHECK_EVERY_MS = 500;

const stack = Deno.ppid;
const timer = setInterval(() => {
  if (Deno.ppid !== stack) Deno.exit(0);
}, CHECK_EVERY_MS);
Deno.unrefTimer(timer);
