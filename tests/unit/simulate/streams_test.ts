import assert from "node:assert/strict";
import {
  exponential,
  logNormal,
  normalWithin,
  Streams,
} from "../../../scripts/simulate/streams.ts";
import { mean } from "../../../scripts/simulate/statistics.ts";

const MANY = 20_000;

Deno.test("Streams.of() depends on the seed and the name, and on no other draw", () => {
  const first = new Streams(7);
  const draws = Array.from({ length: 5 }, first.of("driver", 12, "wander"));
  first.of("driver", 13, "wander")();
  assert.deepEqual(Array.from({ length: 5 }, first.of("driver", 12, "wander")), draws);
  assert.deepEqual(Array.from({ length: 5 }, new Streams(7).of("driver", 12, "wander")), draws);
  const others = [
    new Streams(8).of("driver", 12, "wander"),
    first.of("driver", 1, 2, "wander"),
    first.of("driver", 21, "wander"),
    first.of("passenger", 12, "wander"),
  ];
  for (const other of others) assert.notEqual(other(), draws[0]);
});

Deno.test("Streams.of() gives neighbours nothing in common", () => {
  const streams = new Streams(1);
  const firsts = Array.from({ length: MANY }, (_, index) => streams.of("passenger", index, "x")());
  assert.ok(Math.abs(mean(firsts) - 0.5) < 0.01);
  const products = firsts.slice(1).map((value, index) =>
    (value - 0.5) * ((firsts[index] ?? 0) - 0.5)
  );
  // The variance is 1/12: a correlation of a fiftieth would show.
  assert.ok(Math.abs(mean(products)) < 0.02 / 12);
});

Deno.test("logNormal() has its median and its spread", () => {
  const random = new Streams(1).of("log-normal");
  const logs = Array.from(
    { length: MANY },
    () => Math.log(logNormal(random, { median: 300, sigma: 0.6 })),
  );
  const centre = mean(logs);
  assert.ok(Math.abs(centre - Math.log(300)) < 0.02);
  assert.ok(Math.abs(Math.sqrt(mean(logs.map((log) => (log - centre) ** 2))) - 0.6) < 0.02);
});

Deno.test("exponential() has its mean, and normalWithin() its limits", () => {
  const random = new Streams(1).of("waits");
  assert.ok(Math.abs(mean(Array.from({ length: MANY }, () => exponential(random, 40))) - 40) < 1);
  const limits = { mean: 4.5, deviation: 1, min: 3.2, max: 5 };
  const stars = Array.from({ length: MANY }, () => normalWithin(random, limits));
  assert.equal(Math.min(...stars), 3.2);
  assert.equal(Math.max(...stars), 5);
});
