import assert from "node:assert/strict";
import { newSpot, north, openDriver, openPair, openPassenger } from "../../support/stack-people.ts";
import { inProcess } from "../../support/stack-in-process.ts";
import { openFaultyRedis } from "../../support/stack-redis.ts";
import { findDrivers, until } from "../../support/stack-search.ts";
import type { Suite } from "../../support/stack.ts";

/** What a request costs in round trips. */
export function roundTripsSuite({ test }: Suite): void {
  test("find-drivers costs one database round trip, and from the cache one of Redis and none", async (world) => {
    await using redis = openFaultyRedis(world);
    const orchestrator = inProcess(world, {
      name: "orchestrator",
      env: { UPSTASH_REDIS_REST_URL: redis.url },
    });
    const at = newSpot();
    await openDriver(world, { at: north(at, 200) });
    const trip = await openPassenger(world, { at });
    const as = { user: trip.user_id };
    const fresh = await findDrivers(orchestrator, { trip: trip.id, as });
    assert.deepEqual([fresh.cached, fresh.count], [false, 1]);
    assert.deepEqual(orchestrator.calls, ["find_counterparts"]);
    // One to read and to count the limit; what is stored and counted goes after the response.
    const reads = (): string[][] => redis.trips.filter((names) => names.includes("eval"));
    assert.deepEqual(reads(), [["eval", "eval"]]);

    await until(() => Promise.resolve(redis.trips.length), (trips) => trips >= 3);
    orchestrator.calls.length = 0;
    redis.trips.length = 0;
    const cached = await findDrivers(orchestrator, { trip: trip.id, as });
    assert.deepEqual([cached.cached, cached.count], [true, 1]);
    assert.deepEqual(orchestrator.calls, []);
    assert.deepEqual(reads(), [["eval", "eval"]]);
    await until(() => Promise.resolve(redis.trips.length), (trips) => trips === 2);
    assert.ok(redis.trips[1]?.every((name) => name === "hincrbyfloat"), "then only the metrics");
  });

  test("accept-match costs one database round trip, whether it is made or refused", async (world) => {
    const orchestrator = inProcess(world, { name: "orchestrator" });
    const { passenger, driver } = await openPair(world);
    const send = (): ReturnType<typeof world.http.post> =>
      orchestrator.http.post("orchestrator/accept-match", {
        as: { user: passenger.user_id },
        body: { passenger_trip_id: passenger.id, driver_trip_id: driver.id },
      });
    assert.equal((await send()).status, 201);
    assert.deepEqual(orchestrator.calls, ["accept_match"]);
    assert.equal((await send()).status, 409);
    assert.deepEqual(orchestrator.calls, ["accept_match", "accept_match"]);
  });

  test("every other endpoint costs one database round trip", async (world) => {
    const tracking = inProcess(world, { name: "tracking" });
    const matching = inProcess(world, { name: "matching" });
    const { driver } = await openPair(world);
    const { lat, lng } = driver.pickup;
    const locations = Array.from({ length: 500 }, () => ({ trip_id: driver.id, lat, lng }));
    await tracking.http.post("tracking/update-locations", { body: { locations } });
    await tracking.http.get(`tracking/trips/${driver.id}`);
    assert.deepEqual(tracking.calls, ["update_positions", "get_trip"]);
    await matching.http.post("matching/find-nearby", { body: { lat, lng, vehicle_type: "moto" } });
    assert.deepEqual(matching.calls, ["find_nearby"]);
  });
}
