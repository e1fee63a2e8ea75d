import assert from "node:assert/strict";
import { expectCode } from "../../support/http.ts";
import {
  act,
  newSpot,
  north,
  openDriver,
  openPair,
  openPassenger,
  rideIn,
} from "../../support/stack-people.ts";
import { inProcess } from "../../support/stack-in-process.ts";
import { openFaultyRedis } from "../../support/stack-redis.ts";
import { findDrivers, until } from "../../support/stack-search.ts";
import type { Suite, World } from "../../support/stack.ts";

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
    const reads = (): string[][] => redis.trips.filter((names) => names.includes("eval trip"));
    assert.deepEqual(reads(), [["eval limit", "eval trip"]]);

    await until(() => Promise.resolve(redis.trips.length), (trips) => trips >= 3);
    orchestrator.calls.length = 0;
    redis.trips.length = 0;
    const cached = await findDrivers(orchestrator, { trip: trip.id, as });
    assert.deepEqual([cached.cached, cached.count], [true, 1]);
    assert.deepEqual(orchestrator.calls, []);
    assert.deepEqual(reads(), [["eval limit", "eval trip"]]);
    await until(() => Promise.resolve(redis.trips.length), (trips) => trips === 2);
    assert.deepEqual(redis.trips[1], ["eval metrics"], "then only the metrics");
  });

  test("where drivers stand close, a search is made once more and wider, for who searches near it", async (world) => {
    await using redis = openFaultyRedis(world);
    const orchestrator = inProcess(world, {
      name: "orchestrator",
      env: { UPSTASH_REDIS_REST_URL: redis.url },
    });
    const at = newSpot();
    const metres = Array.from({ length: 70 }, (_, index) => 8 * index);
    await Promise.all(metres.map((away) => openDriver(world, { at: north(at, away) })));
    const first = await openPassenger(world, { at });
    // At the edge of what 60 rows know, and in the middle of what 400 do.
    const neighbour = await openPassenger(world, { at: north(at, 450) });
    const search = { trip: first.id, more: { limit: 9 } };
    assert.equal((await findDrivers(orchestrator, search)).cached, false);
    const stored = (): string[][] => redis.trips.filter((names) => names.includes("hset"));
    await until(() => Promise.resolve(stored().length), (stores) => stores === 2);
    assert.deepEqual(orchestrator.calls, ["find_counterparts", "find_nearby"]);
    const shared = await findDrivers(orchestrator, {
      trip: neighbour.id,
      more: { limit: 9, strategy: "nearest" },
    });
    assert.equal(shared.cached, true);
    const away = shared.drivers.map(({ distance_m }) => distance_m);
    assert.ok(away.length === 9 && away.every((distance) => distance <= 40), away.join());
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

  test("every step of a ride costs one database round trip", async (world) => {
    const orchestrator = inProcess(world, { name: "orchestrator" });
    const within: World = { ...world, http: orchestrator.http };
    const steps = [
      "accept_match",
      "advance_match",
      "advance_match",
      "advance_match",
      "advance_match",
    ];
    const { match, passenger } = await rideIn(within, "completed");
    assert.deepEqual(orchestrator.calls, ["create_trip", "create_trip", ...steps]);
    orchestrator.calls.length = 0;
    const as = { user: passenger.user_id };
    const rate = `orchestrator/matches/${match.id}/rate`;
    assert.equal((await within.http.post(rate, { as, body: { rating: 5 } })).status, 200);
    const again = await openPassenger(within, { at: passenger.pickup, user: passenger.user_id });
    await openPassenger(within, { at: passenger.pickup, user: passenger.user_id });
    const driver = await openDriver(within, { at: passenger.pickup });
    const answer = await within.http.call(`DELETE orchestrator/trips/${driver.id}`);
    assert.equal(answer.status, 200);
    expectCode(await within.http.call(`DELETE orchestrator/trips/${again.id}`), "TRIP_CANCELLED");
    assert.deepEqual(orchestrator.calls, [
      "rate_match",
      "create_trip",
      "create_trip",
      "create_trip",
      "cancel_trip",
      "cancel_trip",
    ]);
  });

  test("cancelling costs one database round trip, with a match or by it", async (world) => {
    const orchestrator = inProcess(world, { name: "orchestrator" });
    const within: World = { ...world, http: orchestrator.http };
    const first = await rideIn(within, "accepted");
    const second = await rideIn(within, "pending");
    orchestrator.calls.length = 0;
    await act(within, {
      match: first.match.id,
      action: "cancel",
      as: { user: first.driver.user_id },
      body: { reason: "Rain" },
    });
    const target = `DELETE orchestrator/trips/${second.passenger.id}`;
    assert.equal((await within.http.call(target)).status, 200);
    assert.deepEqual(orchestrator.calls, ["advance_match", "cancel_trip"]);
  });

  test("every other endpoint costs one database round trip", async (world) => {
    const tracking = inProcess(world, { name: "tracking" });
    const matching = inProcess(world, { name: "matching" });
    const { driver } = await openPair(world);
    const { lat, lng } = driver.pickup;
    const locations = Array.from({ length: 500 }, () => ({ trip_id: driver.id, lat, lng }));
    await tracking.http.post("tracking/update-locations", { body: { locations } });
    await tracking.http.get(`tracking/trips/${driver.id}`);
    await tracking.http.post("tracking/update-location", {
      body: { trip_id: driver.id, lat, lng },
    });
    const { match } = await rideIn(world, "accepted");
    await tracking.http.get(`tracking/matches/${match.id}`);
    assert.deepEqual(tracking.calls, [
      "update_positions",
      "get_trip",
      "update_positions",
      "get_match",
    ]);
    await matching.http.post("matching/find-nearby", { body: { lat, lng, vehicle_type: "moto" } });
    assert.deepEqual(matching.calls, ["find_nearby"]);
  });
}
