import assert from "node:assert/strict";
import { Latencies, percentile } from "../../../scripts/city/latencies.ts";

Deno.test("percentile() is the nearest rank, whatever the order", () => {
  const values = [50, 15, 40, 20, 35];
  assert.equal(percentile(values, 5), 15);
  assert.equal(percentile(values, 30), 20);
  assert.equal(percentile(values, 50), 35);
  assert.equal(percentile(values, 95), 50);
  assert.equal(percentile([7], 1), 7);
  assert.ok(Number.isNaN(percentile([], 50)));
});

Deno.test("Latencies tells each step in the order of its first call", () => {
  const latencies = new Latencies();
  latencies.add("b", 2);
  latencies.add("a", 10);
  latencies.add("b", 4);
  assert.deepEqual(latencies.steps(), [
    { step: "b", calls: 2, p50: 2, p95: 4 },
    { step: "a", calls: 1, p50: 10, p95: 10 },
  ]);
});
