import assert from "node:assert/strict";
import { z } from "zod";
import type { ErrorCode } from "../../../shared/platform/mod.ts";
import { expectCode, expectOk } from "../../support/http.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import {
  newSpot,
  north,
  openDriver,
  openPair,
  openPassenger,
  rideIn,
  type Trip,
} from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

type Refusal = readonly [ErrorCode, string, unknown?];

/** Requests of the right shape that the rules forbid. */
export function refusalsSuite({ test }: Suite): void {
  test("points nobody can be at are INVALID_LOCATION wherever they come", async (world) => {
    const driver = await openDriver(world, { at: newSpot() });
    const exchanged = { lat: 30.0619, lng: -1.9441 };
    const refusals: Refusal[] = [exchanged, { lat: 0, lng: 0 }, {
      lat: 1e-320,
      lng: -5e-324,
    }].flatMap((at): Refusal[] => [
      ["INVALID_LOCATION", "POST orchestrator/trips", newTrip({ pickup: at })],
      ["INVALID_LOCATION", "POST orchestrator/trips", newTrip({ dropoff: at })],
      ["INVALID_LOCATION", "POST matching/find-nearby", { ...at, vehicle_type: "moto" }],
      ["INVALID_LOCATION", "POST tracking/update-location", { trip_id: driver.id, ...at }],
    ]);
    refusals.push([
      "INVALID_LOCATION",
      "POST orchestrator/trips",
      newTrip({ dropoff: { lat: -36.5, lng: 61.5 } }),
    ]);
    await refuseAll(world, refusals);
  });

  test("numbers and times at the edge of what the database can hold are taken or refused, never a fault", async (world) => {
    const driver = await openDriver(world, { at: newSpot() });
    const at = { trip_id: driver.id, lat: driver.pickup.lat, lng: driver.pickup.lng };
    const bodies: Record<string, unknown>[] = [
      { lat: 5e-324 },
      { lng: -1e-320 },
      { lng: -180 },
      { lat: 90 },
      { lat: -90, lng: 180 },
      { accuracy_m: 1e-60 },
      { speed_mps: 5e-324 },
      { heading: 1e-46, accuracy_m: 1e-39 },
      { recorded_at: "2020-01-01T00:00:00+23:59" },
      { recorded_at: "2020-01-01T00:00:00.123456789-23:59" },
    ];
    for (const body of bodies) {
      const answer = await world.http.post("tracking/update-location", {
        body: { ...at, ...body },
      });
      assert.equal(answer.status, 200, `${JSON.stringify(body)}: ${answer.text}`);
    }
    const scheduled_for = new Date(Date.now() + 3600_000).toISOString().replace("Z", "-00:00");
    const soon = `${new Date(Date.now() + 25 * 3600_000).toISOString().slice(0, -1)}+23:59`;
    for (const time of [scheduled_for, soon]) {
      const trip = newTrip({ scheduled_for: time, pickup: { ...newSpot(), text: "ÀÉ🛵'\"\\;--" } });
      assert.equal((await world.http.post("orchestrator/trips", { body: trip })).status, 201, time);
    }
    for (
      const pickup of [{ lat: 90, lng: 180 }, { lat: -90, lng: -180 }, { lat: 5e-324, lng: 1 }]
    ) {
      const trip = newTrip({ pickup, dropoff: pickup });
      assert.equal((await world.http.post("orchestrator/trips", { body: trip })).status, 201);
      const near = { ...pickup, vehicle_type: "moto" };
      assert.equal((await world.http.post("matching/find-nearby", { body: near })).status, 200);
    }
  });

  test("unknown ids are 404, whoever asks", async (world) => {
    const id = crypto.randomUUID();
    const { passenger, driver } = await openPair(world);
    const refusals: Refusal[] = [
      ["TRIP_NOT_FOUND", "POST orchestrator/find-drivers", { passenger_trip_id: id }],
      ["TRIP_NOT_FOUND", "POST orchestrator/find-passengers", { driver_trip_id: id }],
      ["TRIP_NOT_FOUND", "POST orchestrator/accept-match", {
        passenger_trip_id: id,
        driver_trip_id: driver.id,
      }],
      ["TRIP_NOT_FOUND", "POST orchestrator/accept-match", {
        passenger_trip_id: passenger.id,
        driver_trip_id: id,
      }],
      ["TRIP_NOT_FOUND", `DELETE orchestrator/trips/${id}`, {}],
      ...["accept", "decline", "arrive", "complete"].map((action): Refusal => [
        "MATCH_NOT_FOUND",
        `POST orchestrator/matches/${id}/${action}`,
        {},
      ]),
      ["MATCH_NOT_FOUND", `POST orchestrator/matches/${id}/start`, { pin: "0000" }],
      ["MATCH_NOT_FOUND", `POST orchestrator/matches/${id}/cancel`, { reason: "No", as: "driver" }],
      ["MATCH_NOT_FOUND", `POST orchestrator/matches/${id}/rate`, { rating: 5, as: "driver" }],
      ["TRIP_NOT_FOUND", "POST tracking/update-location", { trip_id: id, lat: 1, lng: 2 }],
      ["TRIP_NOT_FOUND", `GET tracking/trips/${id}`],
      ["MATCH_NOT_FOUND", `GET tracking/matches/${id}`],
      ["INVALID_VEHICLE_TYPE", "POST orchestrator/trips", newTrip({ vehicle_type: "spaceship" })],
      ["INVALID_VEHICLE_TYPE", "POST matching/find-nearby", {
        lat: 1,
        lng: 2,
        vehicle_type: "spaceship",
      }],
    ];
    await refuseAll(world, refusals);
  });

  test("accept-match refuses what cannot be one: roles, vehicles, oneself, and trips that are not open", async (world) => {
    const { passenger, driver } = await openPair(world);
    const at = passenger.pickup;
    const cab = await openDriver(world, { at, vehicle_type: "cab" });
    const self = await openDriver(world, { at, user: passenger.user_id });
    const ride = await rideIn(world, "accepted");
    const over = await rideIn(world, "completed");
    const cancelled = await openDriver(world, { at });
    await world.http.call(`DELETE orchestrator/trips/${cancelled.id}`);
    const expired = await openDriver(world, { at });
    await expire(world, expired);
    const pair = (p: Trip, d: Trip): unknown => ({
      passenger_trip_id: p.id,
      driver_trip_id: d.id,
    });
    const call = "POST orchestrator/accept-match";
    await refuseAll(world, [
      ["TRIP_WRONG_ROLE", call, pair(driver, passenger)],
      ["TRIP_WRONG_ROLE", call, pair(passenger, passenger)],
      ["TRIP_WRONG_ROLE", call, pair(driver, cab)],
      ["VEHICLE_TYPE_MISMATCH", call, pair(passenger, cab)],
      ["SELF_MATCH", call, pair(passenger, self)],
      ["TRIP_ALREADY_MATCHED", call, pair(passenger, ride.driver)],
      ["TRIP_ALREADY_MATCHED", call, pair(ride.passenger, driver)],
      ["TRIP_ALREADY_MATCHED", call, pair(ride.passenger, ride.driver)],
      ["TRIP_COMPLETED", call, pair(passenger, over.driver)],
      ["TRIP_CANCELLED", call, pair(passenger, cancelled)],
      ["TRIP_EXPIRED", call, pair(passenger, expired)],
    ]);
  });

  test("trips that are over are neither searched for, cancelled nor moved", async (world) => {
    const over = await rideIn(world, "completed");
    const cancelled = await openPassenger(world, { at: newSpot() });
    await world.http.call(`DELETE orchestrator/trips/${cancelled.id}`);
    const expired = await openPassenger(world, { at: newSpot() });
    await expire(world, expired);
    await world.sweep();
    const cases = [
      [over.passenger, "TRIP_COMPLETED"],
      [cancelled, "TRIP_CANCELLED"],
      [expired, "TRIP_EXPIRED"],
    ] as const;
    await refuseAll(
      world,
      cases.flatMap(([trip, code]): Refusal[] => [
        [code, "POST orchestrator/find-drivers", { passenger_trip_id: trip.id }],
        [code, `DELETE orchestrator/trips/${trip.id}`, {}],
        [code, "POST tracking/update-location", { trip_id: trip.id, lat: 1, lng: 2 }],
      ]),
    );
  });

  test("an action that a match's state does not allow is MATCH_INVALID_STATE, with the state", async (world) => {
    const allowed: Record<string, string[]> = {
      pending: ["accept", "decline", "cancel"],
      accepted: ["arrive", "cancel"],
      driver_arrived: ["start", "cancel"],
      in_progress: ["complete", "cancel"],
      completed: ["rate"],
    };
    const bodies: Record<string, unknown> = {
      start: { pin: "0000" },
      cancel: { reason: "No", as: "driver" },
      rate: { rating: 5, as: "driver" },
    };
    const actions = ["accept", "decline", "arrive", "start", "complete", "cancel", "rate"];
    for (
      const status of ["pending", "accepted", "driver_arrived", "in_progress", "completed"] as const
    ) {
      const { match } = await rideIn(world, status);
      const before = await fingerprintTables(world.sql);
      for (const action of actions.filter((name) => !allowed[status]?.includes(name))) {
        const answer = await world.http.post(`orchestrator/matches/${match.id}/${action}`, {
          body: bodies[action] ?? {},
        });
        expectCode(answer, "MATCH_INVALID_STATE");
        assert.match(answer.text, new RegExp(`"status":"${status}"`), `${action} in ${status}`);
      }
      assert.deepEqual(await fingerprintTables(world.sql), before, `nothing changed in ${status}`);
    }
  });

  test("the service must say which side it acts for where both could", async (world) => {
    const { match } = await rideIn(world, "accepted");
    await refuseAll(world, [
      ["VALIDATION_ERROR", `POST orchestrator/matches/${match.id}/cancel`, { reason: "No" }],
      ["VALIDATION_ERROR", `POST orchestrator/matches/${match.id}/rate`, { rating: 3 }],
      ["FORBIDDEN", `POST orchestrator/matches/${match.id}/arrive`, { as: "passenger" }],
      ["VALIDATION_ERROR", "POST orchestrator/trips", newTrip({ user_id: undefined })],
    ]);
  });

  test("a position from the future is INVALID_TIMESTAMP, a late one is answered and not used", async (world) => {
    const driver = await openDriver(world, { at: newSpot() });
    const { lat, lng } = driver.pickup;
    const at = (minutes: number): unknown => ({
      trip_id: driver.id,
      lat,
      lng,
      recorded_at: new Date(Date.now() + minutes * 60_000).toISOString(),
    });
    await refuseAll(world, [["INVALID_TIMESTAMP", "POST tracking/update-location", at(5)]]);
    const before = await fingerprintTables(world.sql);
    const late = await world.http.post("tracking/update-location", { body: at(-5) });
    assert.deepEqual(late.body, { trip_id: driver.id, accepted: false, code: "OUT_OF_DATE" });
    assert.deepEqual(await fingerprintTables(world.sql), before);
  });

  test("update-locations answers each position for itself", async (world) => {
    const own = await openDriver(world, { at: newSpot() });
    const foreign = await openDriver(world, { at: newSpot() });
    const spot = north(own.pickup, 100);
    const locations = [
      { trip_id: own.id, ...spot },
      { trip_id: foreign.id, ...spot },
      { trip_id: crypto.randomUUID(), ...spot },
      { trip_id: own.id, lat: 0, lng: 0 },
    ];
    const answer = await world.http.post("tracking/update-locations", {
      as: { user: own.user_id },
      body: { locations },
    });
    const results = z.object({
      accepted: z.number(),
      results: z.array(z.object({ accepted: z.boolean(), code: z.string().optional() })),
    });
    const { accepted, results: each } = expectOk(answer, results);
    assert.equal(accepted, 1);
    assert.deepEqual(each.map(({ code }) => code), [
      undefined,
      "FORBIDDEN",
      "TRIP_NOT_FOUND",
      "INVALID_LOCATION",
    ]);
  });
}

/** Sends each and sees to it that nothing changed. */
async function refuseAll(world: World, refusals: readonly Refusal[]): Promise<void> {
  const before = await fingerprintTables(world.sql);
  for (const [code, call, body] of refusals) {
    expectCode(await world.http.call(call, { body }), code);
  }
  assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
}

function newTrip(changes: Record<string, unknown>): Record<string, unknown> {
  return {
    user_id: crypto.randomUUID(),
    role: "passenger",
    vehicle_type: "moto",
    pickup: { lat: 36.5, lng: 61.5 },
    ...changes,
  };
}

async function expire(world: World, trip: Trip): Promise<void> {
  await world.sql`
    update mobility.trips set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'
    where id = ${trip.id}`;
}
