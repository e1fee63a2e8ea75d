import assert from "node:assert/strict";
import { Pump } from "../../../shared/platform/mod.ts";

const forever = { until: Infinity, items: Infinity };

/** A pump over numbers, whose work ends when told. */
function scene(queue: number[], options: { concurrency?: number; failClaims?: number } = {}): {
  pump: Pump<number, number>;
  queue: number[];
  started: number[];
  settled: number[][];
  errors: unknown[];
  finish: (item: number) => Promise<void>;
  fail: (item: number) => Promise<void>;
} {
  const started: number[] = [];
  const settled: number[][] = [];
  const errors: unknown[] = [];
  const working = new Map<number, PromiseWithResolvers<number>>();
  let failing = options.failClaims ?? 0;
  const pump = new Pump<number, number>({
    concurrency: options.concurrency ?? 3,
    claim: (limit) =>
      failing-- > 0
        ? Promise.reject(new RangeError("down"))
        : Promise.resolve(queue.splice(0, limit)),
    work: (item) => {
      started.push(item);
      const done = Promise.withResolvers<number>();
      working.set(item, done);
      return done.promise;
    },
    settle: (results) => Promise.resolve(void settled.push([...results])),
    onError: (error) => void errors.push(error),
  });
  return {
    pump,
    queue,
    started,
    settled,
    errors,
    finish: async (item) => {
      working.get(item)?.resolve(item);
      await turns();
    },
    fail: async (item) => {
      working.get(item)?.reject(new Error(`item ${item}`));
      await turns();
    },
  };
}

/** Lets everything that is ready happen. */
async function turns(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

Deno.test("Pump.run() claims as there is room: a slow item keeps nobody waiting", async () => {
  const { pump, started, settled, finish } = scene([1, 2, 3, 4, 5]);
  const run = pump.run(forever);
  await turns();
  assert.deepEqual(started, [1, 2, 3]);
  await finish(2);
  await finish(3);
  assert.deepEqual([started, settled], [[1, 2, 3, 4, 5], [[2], [3]]]);
  await finish(4);
  await finish(5);
  await finish(1);
  await run;
  assert.deepEqual(settled.flat(), [2, 3, 4, 5, 1]);
});

Deno.test("Pump.run() during a run joins it, and has it look at the queue again at once", async () => {
  const { pump, queue, started, finish } = scene([1]);
  const first = pump.run(forever);
  await turns();
  queue.push(2);
  const second = pump.run(forever);
  await turns();
  assert.equal(first, second);
  assert.deepEqual(started, [1, 2]);
  await finish(1);
  await finish(2);
  await first;
  queue.push(3);
  const third = pump.run(forever);
  await turns();
  await finish(3);
  await third;
  assert.deepEqual(started, [1, 2, 3]);
});

Deno.test("Pump.run() goes on after an item that fails, and tells of it", async () => {
  const { pump, started, settled, errors, finish, fail } = scene([1, 2], { concurrency: 1 });
  const run = pump.run(forever);
  await turns();
  await fail(1);
  assert.deepEqual([started, errors.length], [[1, 2], 1]);
  await finish(2);
  await run;
  assert.deepEqual(settled, [[2]]);
});

Deno.test("Pump.run() rejects when it cannot claim, after what was begun is settled", async () => {
  const { pump, queue, settled, finish } = scene([1], { failClaims: 1 });
  await assert.rejects(pump.run(forever), RangeError);
  const run = pump.run(forever);
  await turns();
  await finish(1);
  await run;
  assert.deepEqual([queue, settled], [[], [[1]]]);
});

Deno.test("Pump.run() claims no more than its budget of items and of time", async () => {
  const { pump, queue, started, finish } = scene([1, 2, 3, 4], { concurrency: 2 });
  const run = pump.run({ until: Infinity, items: 3 });
  await turns();
  for (const item of [1, 2, 3]) await finish(item);
  await run;
  assert.deepEqual([started, queue], [[1, 2, 3], [4]]);
  await pump.run({ until: Date.now() - 1, items: 5 });
  assert.deepEqual(queue, [4]);
  const last = pump.run(forever);
  await turns();
  await finish(4);
  await last;
  assert.deepEqual(queue, []);
});
