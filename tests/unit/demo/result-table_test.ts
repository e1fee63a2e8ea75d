import assert from "node:assert/strict";
import { Latencies } from "../../../scripts/city/latencies.ts";
import { formatResult } from "../../../scripts/demo/result-table.ts";

const RIDE = { matched: true, pickupDistanceM: 100, offers: 1, searches: 1, cachedSearches: 0 };

Deno.test("formatResult() counts, rates and lines up", () => {
  const latencies = new Latencies();
  latencies.add("open trip", 8.25);
  latencies.add("find drivers", 123.4);
  const lines = formatResult({
    title: "Kigali",
    outcomes: [
      { ...RIDE, status: "completed" },
      { ...RIDE, status: "completed", pickupDistanceM: 300, cachedSearches: 1 },
      { ...RIDE, status: "cancelled", offers: 2, searches: 2, pickupDistanceM: 1100 },
      { ...RIDE, status: "unmatched", matched: false, pickupDistanceM: undefined, offers: 0 },
    ],
    latencies,
  });
  assert.deepEqual(lines, [
    "Kigali",
    "",
    "rides asked for               4",
    "matched                       3",
    "completed                     2",
    "cancelled                     1",
    "no driver                     1",
    "match rate                75.0%",
    "offers per ride            1.00",
    "searches from the cache   20.0%",
    "pickup distance, mean m     500",
    "pickup distance, p50 m      300",
    "pickup distance, p95 m     1100",
    "",
    "step           calls   p50 ms   p95 ms",
    "open trip          1      8.3      8.3",
    "find drivers       1      123      123",
  ]);
});

Deno.test("formatResult() of a replay that was stopped at once has no numbers to divide by", () => {
  const lines = formatResult({ title: "Kigali", outcomes: [], latencies: new Latencies() });
  assert.ok(lines.some((line) => /^match rate +-$/.test(line)));
  assert.ok(!lines.join().includes("NaN"));
});
