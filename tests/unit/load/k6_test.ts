import assert from "node:assert/strict";
import { readSummary } from "../../../scripts/load/k6.ts";

const times = { count: 3, min: 1, med: 2, "p(95)": 4, "p(99)": 5, max: 6 };

Deno.test("readSummary() reads the calls by name, the failures and whether the thresholds were kept", () => {
  const exported = {
    root_group: {},
    metrics: {
      "http_req_duration{call:find drivers}": { ...times, thresholds: { "p(95)<500": false } },
      "http_req_duration{expected_response:true}": times,
      http_req_duration: times,
      http_req_failed: { passes: 1, fails: 9, value: 0.1 },
      http_reqs: { count: 10, rate: 2.5 },
      vus_max: { value: 30, min: 30, max: 30 },
    },
  };
  assert.deepEqual(readSummary(exported, { kept: false }), {
    kept: false,
    calls: [{ call: "find drivers", count: 3, medMs: 2, p95Ms: 4, p99Ms: 5, maxMs: 6 }],
    requests: 10,
    requestsPerS: 2.5,
    failed: 0.1,
    users: 30,
  });
});

Deno.test("readSummary() refuses what has no figures", () => {
  assert.throws(() => readSummary({ metrics: {} }, { kept: true }));
});
