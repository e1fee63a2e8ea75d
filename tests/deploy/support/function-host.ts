// What the hosted runtime does around a function, on its version of Deno: gives `Deno.serve` a port, and
// ends when whoever started it is gone. Run by itself, in the folder that a bundle was unpacked to.
const port = Number(Deno.env.get("PORT"));
const serve = Deno.serve;

Object.defineProperty(Deno, "serve", {
  value: (handler: Deno.ServeHandler) =>
    serve({ port, hostname: "127.0.0.1", onListen: () => {} }, handler),
});

async function endWithParent(): Promise<void> {
  for await (const _ of Deno.stdin.readable) {
    // Nothing is said on this leash; it only ends.
  }
  Deno.exit(0);
}

void endWithParent();
await import(Deno.env.get("ENTRYPOINT") ?? "");
