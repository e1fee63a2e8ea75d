import assert from "node:assert/strict";
import { Turn } from "../../../scripts/stack/turn.ts";

Deno.test("Turn.run() runs one piece of work at a time, in order, past one that fails", async () => {
  const turn = new Turn();
  const events: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    events.push(`${name} in`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    events.push(`${name} out`);
    if (name === "b") throw new Error("b fails");
  };
  const results = await Promise.allSettled(["a", "b", "c"].map((name) => turn.run(work(name))));
  assert.deepEqual(events, ["a in", "a out", "b in", "b out", "c in", "c out"]);
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
});

Deno.test("Turn.run() lets the outside be heard between two pieces of work", async () => {
  const turn = new Turn();
  let heardAfter: number | undefined;
  let done = 0;
  setTimeout(() => heardAfter = done, 0);
  // As PGlite does, it keeps the thread until it is done.
  const work = (): Promise<void> => {
    const end = performance.now() + 5;
    while (performance.now() < end);
    done++;
    return Promise.resolve();
  };
  for (let i = 0; i < 20; i++) await turn.run(work);
  assert.ok(heardAfter !== undefined && heardAfter < 10, `heard after ${heardAfter}`);
});
