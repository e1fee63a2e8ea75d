import assert from "node:assert/strict";
import { planTurns } from "../../../scripts/faults/plan.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];

Deno.test("planTurns() gives every fault one turn, in an order that the seed decides", () => {
  const order = (seed: number): string =>
    planTurns(NAMES, { minutes: 6, seed }).map(({ name }) => name).join("");
  assert.deepEqual([...order(1)].sort(), NAMES);
  assert.equal(order(1), order(1));
  assert.ok(new Set([1, 2, 3, 4, 5].map(order)).size > 1, "other seeds, other orders");
});

Deno.test("planTurns() leaves calm before and after every fault, and fills the minutes", () => {
  const turns = planTurns(NAMES, { minutes: 6, seed: 3 });
  let before = 0;
  for (const { injectAtMs, liftAtMs, endAtMs } of turns) {
    assert.ok(before < injectAtMs && injectAtMs < liftAtMs && liftAtMs < endAtMs);
    assert.equal(endAtMs - before, 60_000);
    before = endAtMs;
  }
  assert.equal(before, 360_000);
});
