import assert from "node:assert/strict";
import fc from "fast-check";
import { EventQueue } from "../../../scripts/simulate/event-queue.ts";

async function nothing(): Promise<void> {}

Deno.test("EventQueue takes events by time, and those of one time as they were planned", async () => {
  const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 });
  await fc.assert(fc.asyncProperty(times, async (planned) => {
    const queue = new EventQueue();
    const happened: [number, number][] = [];
    for (const [order, at] of planned.entries()) {
      queue.plan(at, () => Promise.resolve(void happened.push([at, order])));
    }
    assert.equal(queue.size, planned.length);
    for (let event = queue.take(); event !== undefined; event = queue.take()) await event.act();
    const expected = planned.map((at, order): [number, number] => [at, order])
      .sort(([a, i], [b, j]) => a - b || i - j);
    assert.deepEqual(happened, expected);
    assert.equal(queue.size, 0);
  }));
});

Deno.test("EventQueue takes what was planned meanwhile in its turn", () => {
  const queue = new EventQueue();
  queue.plan(5, nothing);
  queue.plan(1, nothing);
  assert.equal(queue.take()?.atMs, 1);
  queue.plan(3, nothing);
  assert.equal(queue.nextMs, 3);
  assert.deepEqual([queue.take()?.atMs, queue.take()?.atMs, queue.take()], [3, 5, undefined]);
});

Deno.test("EventQueue refuses a time that is no number", () => {
  assert.throws(() => new EventQueue().plan(NaN, nothing), /^RangeError: Cannot plan/);
});
