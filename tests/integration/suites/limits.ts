import assert from "node:assert/strict";
import { expectCode } from "../../support/http.ts";
import type { Suite, World } from "../../support/stack.ts";

/** Rate limits, per person and endpoint. */
export function limitsSuite({ test }: Suite): void {
  test("the 101st find-drivers in a minute gets 429 with Retry-After, and only that person's", async (world) => {
    const user = crypto.randomUUID();
    const find = (as: string): ReturnType<World["http"]["post"]> =>
      world.http.post("orchestrator/find-drivers", {
        as: { user: as },
        body: { passenger_trip_id: crypto.randomUUID() },
      });
    const passed = await passedBefore(() => find(user));
    // Where a new window begins during the test, a little of the one before is forgotten.
    assert.ok(passed >= 100 && passed <= 106, `${passed} passed`);
    const refused = await find(user);
    expectCode(refused, "RATE_LIMITED");
    const seconds = Number(refused.headers.get("retry-after"));
    assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= 60, `retry after ${seconds}`);
    expectCode(await find(crypto.randomUUID()), "TRIP_NOT_FOUND");
    const other = await world.http.post("orchestrator/find-passengers", {
      as: { user },
      body: { driver_trip_id: crypto.randomUUID() },
    });
    expectCode(other, "TRIP_NOT_FOUND");
  });

  test("the 21st accept-match in a minute gets 429", async (world) => {
    const as = { user: crypto.randomUUID() };
    const body = {
      passenger_trip_id: crypto.randomUUID(),
      driver_trip_id: crypto.randomUUID(),
    };
    const passed = await passedBefore(() =>
      world.http.post("orchestrator/accept-match", { as, body })
    );
    assert.ok(passed >= 20 && passed <= 22, `${passed} passed`);
  });
}

/** How many requests passed before the first that was turned away. */
async function passedBefore(
  send: () => Promise<{ status: number; text: string }>,
): Promise<number> {
  for (let passed = 0; passed < 200; passed++) {
    const answer = await send();
    if (answer.status === 429) return passed;
    assert.equal(answer.status, 404, answer.text);
  }
  return Infinity;
}
