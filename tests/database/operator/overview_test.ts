import assert from "node:assert/strict";
import { chatTest } from "../chat/support/chat-test.ts";
import { dispatchTrip, onlineDrivers } from "../chat/support/dispatch.ts";
import { newPerson } from "../chat/support/people.ts";
import { placeCrowd } from "../support/crowd.ts";
import { codeOf } from "../support/outcome.ts";
import { openTrip, rideIn } from "../support/rides.ts";
import { callForHelp, cityFor, newOperator, overviewOf } from "./support/operator.ts";

/** Far from where the tests' trips are opened. */
const ELSEWHERE = { lat: -2.6, lng: 29.74 };

chatTest(
  "operator_overview() counts and lists what is going on, and nothing else",
  async ({ sql }) => {
    const operator = await newOperator(sql, "Claire");
    const aline = await newPerson(sql, "Aline");
    const waiting = await openTrip(sql, "passenger", {
      user_id: aline.user_id,
      dropoff: { lat: -1.97, lng: 30.1 },
    });
    await sql`update mobility.trips set created_at = now() - interval '7 minutes' where id = ${waiting.id}`;
    await openTrip(sql, "passenger", {
      scheduled_for: new Date(Date.now() + 3_600_000).toISOString(),
    });
    const drivers = await onlineDrivers(sql, 2);
    await dispatchTrip(sql, { trip: waiting.id, drivers, batch_size: 1 });
    await openTrip(sql, "driver", { vehicle_type: "cab" });
    const stale = await openTrip(sql, "driver", { vehicle_type: "cab" });
    await sql`update mobility.live_positions set position_at = now() - interval '1 hour' where trip_id = ${stale.id}`;
    for (const status of ["pending", "accepted", "driver_arrived", "in_progress", "completed"]) {
      await rideIn(sql, status);
    }
    await rideIn(sql, "cancelled_passenger");

    const seen = await overviewOf(sql, operator);
    assert.equal(seen.operator, "Claire");
    assert.deepEqual(seen.counts, {
      waiting: 1,
      oldest_wait_s: 420,
      // Those who were offered a ride are free; so is the driver of the ride that came to nothing.
      available: { moto: 3, cab: 1 },
      rides: { pending: 1, accepted: 1, driver_arrived: 1, in_progress: 1 },
      dispatches: 1,
      sos: 0,
      dead_letters: 0,
    });
    const [trip, ...others] = seen.trips;
    assert.deepEqual([trip?.trip_id, trip?.name, trip?.wait_s, others], [
      waiting.id,
      "Aline",
      420,
      [],
    ]);
    assert.deepEqual([trip?.dispatch?.candidates, trip?.dispatch?.offered], [2, 1]);
    assert.equal(seen.drivers.length, 4);
    assert.equal(seen.drivers.filter((driver) => driver.is_offered).length, 1);
    assert.deepEqual(
      seen.offers.map((offer) => [offer.passenger_trip_id, offer.driver_trip_id]),
      [[waiting.id, drivers[0]?.trip_id]],
    );
    assert.deepEqual(seen.rides.map(({ status }) => status).sort(), [
      "accepted",
      "driver_arrived",
      "in_progress",
      "pending",
    ]);
    for (const ride of seen.rides) {
      assert.ok(ride.driver_position !== null && ride.passenger_position !== null);
      assert.ok(ride.driver_position.position_age_s < 60);
    }
  },
);

chatTest("operator_overview() narrows to a vehicle, an area and a status", async ({ sql }) => {
  await sql`
    insert into mobility.areas (code, name, boundary)
    values ('here', 'Here', extensions.st_multi(extensions.st_makeenvelope(30, -2, 30.1, -1.9, 4326)))
    on conflict do nothing`;
  await openTrip(sql, "passenger");
  await openTrip(sql, "passenger", ELSEWHERE);
  await openTrip(sql, "driver", { vehicle_type: "cab" });
  await openTrip(sql, "driver", { vehicle_type: "cab", ...ELSEWHERE });
  await rideIn(sql, "accepted");
  await rideIn(sql, "pending", ELSEWHERE);
  const shape = async (filter: Readonly<Record<string, string>>): Promise<unknown> => {
    const { counts, trips, drivers, rides } = await overviewOf(sql, null, filter);
    return [counts.waiting, counts.available, trips.length, drivers.length, rides.length];
  };
  assert.deepEqual(await shape({}), [2, { cab: 2 }, 2, 2, 2]);
  assert.deepEqual(await shape({ vehicle_type: "cab" }), [0, { cab: 2 }, 0, 2, 0]);
  assert.deepEqual(await shape({ area: "here" }), [1, { cab: 1 }, 1, 1, 1]);
  assert.deepEqual(await shape({ area: "here", vehicle_type: "moto" }), [1, {}, 1, 0, 1]);
  assert.deepEqual(await shape({ status: "waiting" }), [2, { cab: 2 }, 2, 0, 0]);
  assert.deepEqual(await shape({ status: "pending" }), [2, { cab: 2 }, 0, 0, 1]);
  assert.equal(await codeOf(overviewOf(sql, null, { area: "atlantis" })), "VALIDATION_ERROR");
  assert.equal(
    await codeOf(overviewOf(sql, null, { vehicle_type: "submarine" })),
    "INVALID_VEHICLE_TYPE",
  );
});

chatTest("operator_overview() puts calls for help first", async ({ sql }) => {
  await rideIn(sql, "accepted");
  const ride = await rideIn(sql, "in_progress");
  const alert = await callForHelp(sql, ride);
  const before = await overviewOf(sql, null);
  assert.deepEqual([before.counts.sos, before.rides[0]?.match_id, before.rides[0]?.is_sos], [
    1,
    ride.id,
    true,
  ]);
  await sql`select public.acknowledge_sos(null, ${alert}, 'Eve')`;
  const after = await overviewOf(sql, null);
  assert.deepEqual([after.counts.sos, after.rides.some((one) => one.is_sos)], [0, false]);
});

chatTest("operator_overview() lists 500 at most and counts everybody", async ({ sql }) => {
  const points = Array.from({ length: 620 }, (_, i) => ({
    lat: -1.95 + i / 10_000,
    lng: 30.06,
  }));
  await placeCrowd(sql, points);
  const { counts, drivers } = await overviewOf(sql, null);
  assert.deepEqual([counts.available, drivers.length], [{ moto: 620 }, 500]);
});

chatTest(
  "operator_city() has areas with their boxes, vehicles, and the places that matter most",
  async ({ sql }) => {
    await sql`
    insert into mobility.areas (code, name, boundary)
    values ('here', 'Here', extensions.st_multi(extensions.st_makeenvelope(30, -2, 30.1, -1.9, 4326)))
    on conflict do nothing`;
    await sql`
    insert into mobility.places (code, area_code, name, lat, lng, weight)
    values ('stand', 'here', 'The stand', -1.95, 30.05, 2), ('market', 'here', 'The market', -1.96, 30.05, 9)
    on conflict do nothing`;
    const { areas, places, vehicle_types, time_zone } = await cityFor(sql, null);
    assert.equal(time_zone, "Africa/Kigali");
    assert.deepEqual(areas, [
      { code: "here", name: "Here", south: -2, west: 30, north: -1.9, east: 30.1 },
    ]);
    assert.deepEqual(places.map(({ name }) => name), ["The market", "The stand"]);
    assert.ok(vehicle_types.some(({ code }) => code === "moto"));
  },
);
