import assert from "node:assert/strict";
import { claimsOf } from "../../../scripts/faults/final-checks.ts";
import { formatFaults } from "../../../scripts/faults/results.ts";

Deno.test("formatFaults() has a line for each fault, and each violation", () => {
  const lines = formatFaults({
    seed: 1,
    minutes: 6,
    date: "2026-11-23T12:00:00Z",
    machine: "2 cores",
    faults: [
      {
        name: "Redis slow",
        seconds: 5,
        requests: 40,
        answeredShare: 0.975,
        p95Ms: 321.4,
        recoveredAfterS: 0,
        violations: 0,
      },
      {
        name: "PostgreSQL restarted",
        seconds: 6.25,
        requests: 0,
        answeredShare: null,
        p95Ms: null,
        recoveredAfterS: null,
        violations: 1,
      },
    ],
    life: { rides: 3 },
    checks: { looks: 12 },
    violations: [{
      rule: "no ride is stuck",
      what: "m1",
      atS: 7,
      during: "settling",
      around: ["x"],
    }],
  });
  assert.deepEqual(lines.slice(0, 3).map((line) => line.split(/\s{2,}/)), [
    ["fault", "s", "requests", "answered", "p95 ms", "recovery s", "violations"],
    ["Redis slow", "5.0", "40", "97.5%", "321", "0", "0"],
    ["PostgreSQL restarted", "6.3", "0", "-", "-", "-", "1"],
  ]);
  assert.deepEqual(lines.slice(-2), [
    "1 violations of the invariants",
    "VIOLATION at 7.0 s (settling): no ride is stuck: m1",
  ]);
});

Deno.test("claimsOf() is the trip and the match with its state that an answer tells of", () => {
  const id = "11111111-1111-4111-8111-111111111111";
  const other = "22222222-2222-4222-8222-222222222222";
  assert.deepEqual(claimsOf({ json: { trip: { id }, match: { id: other, status: "accepted" } } }), [
    id,
    other,
    `${other} accepted`,
  ]);
  assert.deepEqual(claimsOf({ json: { trip: { id }, match: null } }), [id]);
  assert.deepEqual(claimsOf({ json: { drivers: [] } }), []);
});
