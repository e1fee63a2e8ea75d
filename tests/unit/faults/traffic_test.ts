import assert from "node:assert/strict";
import { isAnswered, type Sent, trafficOf } from "../../../scripts/faults/traffic.ts";

const WINDOW = { injectedAt: 10_000, liftedAt: 15_000, until: 20_000 };

function sent(startedAt: number, status: number | null, ms = 100): Sent {
  return { step: "step", startedAt, endedAt: startedAt + ms, status };
}

Deno.test("isAnswered(): a refusal is an answer, an error of the server and silence are none", () => {
  assert.deepEqual([200, 409, 429, 500, 503, null].map((status) => isAnswered({ status })), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("trafficOf() counts who asked while it was broken, and times who was answered", () => {
  const traffic = trafficOf([
    sent(9_999, null),
    sent(10_000, 200, 50),
    sent(12_000, 503, 9_000),
    sent(14_999, 409, 80),
    sent(14_999, null),
    sent(15_000, 200),
  ], WINDOW);
  assert.deepEqual(traffic, {
    requests: 4,
    answeredShare: 0.5,
    p95Ms: 80,
    recoveredAfterS: 0,
  });
});

Deno.test("trafficOf() takes the first second after the repair of which at most one in a hundred failed", () => {
  const hundred = Array.from({ length: 100 }, () => sent(17_500, 200));
  const after = (...more: Sent[]): number | null =>
    trafficOf([sent(15_200, 503), sent(16_100, null), ...more], WINDOW).recoveredAfterS;
  assert.equal(after(sent(18_000, 200)), 3);
  assert.equal(after(...hundred, sent(17_900, 500), sent(18_000, 200)), 2, "one in 101");
  assert.equal(after(...hundred.slice(1), sent(17_900, 500), sent(18_000, 200)), 3, "one in 100");
  assert.equal(after(sent(20_000, 200)), null, "the next fault has begun");
});

Deno.test("trafficOf() has nothing to say of a time in which nobody asked", () => {
  assert.deepEqual(trafficOf([], WINDOW), {
    requests: 0,
    answeredShare: null,
    p95Ms: null,
    recoveredAfterS: null,
  });
});
