import assert from "node:assert/strict";
import { z } from "zod";
import { cancelledTrip, openedTrip } from "../../../shared/rides/mod.ts";
import { expectCode, expectOk } from "../../support/http.ts";
import {
  act,
  newSpot,
  north,
  openDriver,
  openPair,
  openPassenger,
  propose,
  rideIn,
} from "../../support/stack-people.ts";
import type { Suite } from "../../support/stack.ts";

const trackedTrip = z.object({
  trip: z.object({ status: z.string(), cancel_reason: z.string().nullable() }),
  match: z.object({ id: z.string(), status: z.string() }).nullable(),
});
const trackedMatch = z.object({ match: z.object({ status: z.string() }) });

/** Every way a ride or a trip can end but the good one, and what may not begin. */
export function endingsSuite({ test }: Suite): void {
  test("declining frees both, and the two are not offered to each other again", async (world) => {
    const { passenger, driver } = await openPair(world);
    const made = await propose(world, { passenger, driver });
    const declined = await act(world, {
      match: made.id,
      action: "decline",
      as: { user: driver.user_id },
    });
    assert.equal(declined.status, "declined");
    for (const trip of [passenger, driver]) {
      const seen = await world.http.get(`tracking/trips/${trip.id}`);
      assert.equal(expectOk(seen, trackedTrip).trip.status, "open");
    }
    const found = await world.http.post("orchestrator/find-drivers", {
      body: { passenger_trip_id: passenger.id },
    });
    assert.doesNotMatch(found.text, new RegExp(driver.id));
    const other = await openPassenger(world, { at: passenger.pickup });
    const again = await propose(world, { passenger: other, driver });
    assert.equal(again.status, "pending", "for others the driver is free");
  });

  test("an unanswered proposal expires and frees both", async (world) => {
    const { passenger, driver } = await openPair(world);
    const made = await propose(world, { passenger, driver });
    await world.sql`update mobility.matches set respond_by = now() where id = ${made.id}`;
    const accept = `orchestrator/matches/${made.id}/accept`;
    expectCode(
      await world.http.post(accept, { as: { user: driver.user_id }, body: {} }),
      "MATCH_EXPIRED",
    );
    // No sweep has run: the next proposal does what it would have done.
    const other = await openPassenger(world, { at: passenger.pickup });
    assert.equal((await propose(world, { passenger: other, driver })).status, "pending");
    const seen = expectOk(await world.http.get(`tracking/trips/${passenger.id}`), trackedTrip);
    assert.equal(seen.trip.status, "open");
    assert.equal(seen.match?.status, "expired");
  });

  test("the sweep expires proposals and trips whose time is over", async (world) => {
    const { passenger, driver } = await openPair(world);
    const made = await propose(world, { passenger, driver });
    const late = await openDriver(world, { at: newSpot() });
    await world.sql`update mobility.matches set respond_by = now() where id = ${made.id}`;
    await world.sql`
      update mobility.trips set created_at = now() - interval '1 hour', expires_at = now() - interval '1 minute'
      where id = ${late.id}`;
    await world.sweep();
    const match = await world.http.get(`tracking/matches/${made.id}`);
    assert.equal(expectOk(match, trackedMatch).match.status, "expired");
    const trip = expectOk(await world.http.get(`tracking/trips/${late.id}`), trackedTrip);
    assert.equal(trip.trip.status, "expired");
    expectCode(
      await world.http.post("tracking/update-location", {
        body: { trip_id: late.id, ...late.pickup, text: undefined },
      }),
      "TRIP_EXPIRED",
    );
  });

  test("cancelling ends the match by the canceller's side and says why", async (world) => {
    const byDriver = await rideIn(world, "accepted");
    const cancelled = await act(world, {
      match: byDriver.match.id,
      action: "cancel",
      as: { user: byDriver.driver.user_id },
      body: { reason: "Flat tyre" },
    });
    assert.equal(cancelled.status, "cancelled_driver");
    assert.equal(cancelled.cancel_reason, "Flat tyre");
    const passenger = await world.http.get(`tracking/trips/${byDriver.passenger.id}`);
    assert.equal(
      expectOk(passenger, trackedTrip).trip.status,
      "open",
      "the passenger goes on looking",
    );

    const byPassenger = await rideIn(world, "in_progress");
    const keeps = await rideIn(world, "accepted");
    for (const [ride, keep_searching] of [[byPassenger, false], [keeps, true]] as const) {
      const over = await act(world, {
        match: ride.match.id,
        action: "cancel",
        as: { user: ride.passenger.user_id },
        body: { reason: "Plans changed", keep_searching },
      });
      assert.equal(over.status, "cancelled_passenger");
      const trip = await world.http.get(`tracking/trips/${ride.passenger.id}`);
      assert.equal(expectOk(trip, trackedTrip).trip.status, keep_searching ? "open" : "cancelled");
      const driver = await world.http.get(`tracking/trips/${ride.driver.id}`);
      assert.equal(expectOk(driver, trackedTrip).trip.status, "open");
    }
  });

  test("DELETE trips cancels an open trip once, and a match with it", async (world) => {
    const { http } = world;
    const { passenger, driver } = await openPair(world);
    const target = `DELETE orchestrator/trips/${passenger.id}`;
    const as = { user: passenger.user_id };
    const first = expectOk(
      await http.call(target, { as, body: { reason: "Walked" } }),
      cancelledTrip,
    );
    assert.equal(first.trip.status, "cancelled");
    assert.equal(first.trip.cancel_reason, "Walked");
    assert.equal(first.match, null);
    expectCode(await http.call(target, { as }), "TRIP_CANCELLED");
    expectCode(
      await http.post("orchestrator/find-drivers", {
        as,
        body: { passenger_trip_id: passenger.id },
      }),
      "TRIP_CANCELLED",
    );

    const other = await openPassenger(world, { at: driver.pickup });
    await propose(world, { passenger: other, driver });
    const second = expectOk(
      await http.call(`DELETE orchestrator/trips/${other.id}`, { as: { user: other.user_id } }),
      cancelledTrip,
    );
    assert.equal(second.match?.status, "cancelled_passenger");
    const freed = expectOk(await http.get(`tracking/trips/${driver.id}`), trackedTrip);
    assert.equal(freed.trip.status, "open");
  });

  test("opening a trip replaces the open one, and is refused beside a ride", async (world) => {
    const at = newSpot();
    const first = await openDriver(world, { at });
    const again = await world.http.post("orchestrator/trips", {
      as: { user: first.user_id },
      body: { role: "driver", vehicle_type: "moto", pickup: north(at, 100) },
    });
    assert.equal(
      expectOk(again, openedTrip.omit({ vehicle: true, refused_by: true })).replaced_trip_id,
      first.id,
    );
    const ride = await rideIn(world, "accepted");
    expectCode(
      await world.http.post("orchestrator/trips", {
        as: { user: ride.driver.user_id },
        body: { role: "driver", vehicle_type: "moto", pickup: at },
      }),
      "ALREADY_IN_RIDE",
    );
  });

  test("a scheduled trip stands beside an open one and is not matched before its time", async (world) => {
    const at = newSpot();
    const driver = await openDriver(world, { at });
    const scheduled_for = new Date(Date.now() + 3 * 3600_000).toISOString();
    const now = await openPassenger(world, { at });
    const later = await openPassenger(world, { at, user: now.user_id, more: { scheduled_for } });
    assert.equal(Date.parse(later.scheduled_for ?? ""), Date.parse(scheduled_for));
    assert.ok(Date.parse(later.expires_at) > Date.parse(scheduled_for));
    const as = { user: now.user_id };
    const find = { passenger_trip_id: later.id };
    expectCode(
      await world.http.post("orchestrator/find-drivers", { as, body: find }),
      "TRIP_NOT_DUE",
    );
    expectCode(
      await world.http.post("orchestrator/accept-match", {
        as,
        body: { passenger_trip_id: later.id, driver_trip_id: driver.id },
      }),
      "TRIP_NOT_DUE",
    );
    assert.equal((await propose(world, { passenger: now, driver })).status, "pending");
    // Its time comes: the sweep lets drivers find it.
    await world.sql`
      update mobility.trips set scheduled_for = now() + interval '5 minutes' where id = ${later.id}`;
    await world.sql`
      update mobility.live_positions set findable_from = now() where trip_id = ${later.id}`;
    await world.sweep();
    const other = await openDriver(world, { at: north(at, 50) });
    const found = await world.http.post("orchestrator/find-passengers", {
      body: { driver_trip_id: other.id },
    });
    assert.match(found.text, new RegExp(later.id));
  });
}
