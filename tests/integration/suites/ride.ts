import assert from "node:assert/strict";
import { z } from "zod";
import { cancelledTrip, openedTrip, rating } from "../../../shared/rides/mod.ts";
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
const trackedMatch = z.object({
  match: z.object({ status: z.string(), fare_amount: z.number().nullable() }),
  heading_for: z.string().nullable(),
  eta_s: z.number().nullable(),
  remaining_m: z.number().nullable(),
  progress: z.number().nullable(),
  driver_position: z.object({ lat: z.number(), position_age_s: z.number() }).nullable(),
  events: z.array(z.object({ to_status: z.string(), actor: z.string() })),
});

/** A ride from the wish to the ratings, and every other way it can end. */
export function rideSuite({ test }: Suite): void {
  test("a ride goes from request to rating as its passenger and its driver", async (world) => {
    const { http } = world;
    const at = newSpot();
    const driver = await openDriver(world, { at: north(at, 900) });
    const passenger = await openPassenger(world, {
      at,
      more: { dropoff: { ...north(at, 5000), text: "Market" } },
    });
    assert.equal(passenger.status, "open");
    assert.ok((passenger.fare_amount ?? 0) > 0, "a trip with a dropoff has a fare");
    assert.equal(passenger.currency, "RWF");
    assert.equal(passenger.dropoff?.text, "Market");
    const p = { user: passenger.user_id };
    const d = { user: driver.user_id };

    const made = await propose(world, { passenger, driver });
    assert.equal(made.status, "pending");
    assert.match(made.pin ?? "", /^[0-9]{4}$/);
    assert.equal(made.fare_amount, passenger.fare_amount);
    assert.equal(
      (await act(world, { match: made.id, action: "accept", as: d })).status,
      "accepted",
    );

    const moved = await http.post("tracking/update-location", {
      as: d,
      body: { trip_id: driver.id, ...north(at, 300), heading: 180, speed_mps: 7, accuracy_m: 5 },
    });
    assert.deepEqual(moved.body, { trip_id: driver.id, accepted: true });
    const coming = expectOk(await http.get(`tracking/matches/${made.id}`, { as: p }), trackedMatch);
    assert.equal(coming.heading_for, "pickup");
    assert.ok((coming.eta_s ?? 0) > 30 && (coming.eta_s ?? 0) < 90, `eta ${coming.eta_s}`);
    assert.ok((coming.driver_position?.position_age_s ?? 99) <= 5);

    assert.equal(
      (await act(world, { match: made.id, action: "arrive", as: d })).status,
      "driver_arrived",
    );
    const wrong = String((Number(made.pin) + 1) % 10_000).padStart(4, "0");
    const path = `orchestrator/matches/${made.id}/start`;
    expectCode(await http.post(path, { as: d, body: { pin: wrong } }), "PIN_INVALID");
    const started = await act(world, {
      match: made.id,
      action: "start",
      as: d,
      body: { pin: made.pin },
    });
    assert.equal(started.status, "in_progress");
    await http.post("tracking/update-location", {
      as: d,
      body: { trip_id: driver.id, ...north(at, 2500) },
    });
    const riding = expectOk(await http.get(`tracking/matches/${made.id}`, { as: d }), trackedMatch);
    assert.equal(riding.heading_for, "dropoff");
    assert.ok(Math.abs((riding.progress ?? 0) - 0.5) < 0.02, `progress ${riding.progress}`);

    const done = await act(world, { match: made.id, action: "complete", as: d });
    assert.equal(done.status, "completed");
    for (const [as, stars] of [[p, 5], [d, 4]] as const) {
      const rate = `orchestrator/matches/${made.id}/rate`;
      const rated = await http.post(rate, { as, body: { rating: stars, comment: "Thanks" } });
      assert.equal(expectOk(rated, z.object({ rating })).rating.rating, stars);
      expectCode(await http.post(rate, { as, body: { rating: stars } }), "ALREADY_RATED");
    }
    const after = expectOk(await http.get(`tracking/matches/${made.id}`, { as: p }), trackedMatch);
    assert.deepEqual(
      after.events.map(({ to_status, actor }) => `${to_status} by ${actor}`),
      [
        "pending by passenger",
        "accepted by driver",
        "driver_arrived by driver",
        "in_progress by driver",
        "completed by driver",
      ],
    );
    const [record] = await world.sql`
      select rides_completed, offers_accepted, rating_total from mobility.user_metrics
      where user_id = ${driver.user_id} and role = 'driver'`;
    assert.deepEqual({ ...record }, { rides_completed: 1, offers_accepted: 1, rating_total: 5 });
  });

  test("a ride goes from request to rating as the service", async (world) => {
    const { passenger, driver } = await openPair(world);
    const made = await propose(world, { passenger, driver, as: "service" });
    assert.equal(made.initiated_by, "passenger");
    const step = (action: string, body: unknown = {}): Promise<{ status: string }> =>
      act(world, { match: made.id, action, as: "service", body });
    assert.equal((await step("accept")).status, "accepted");
    assert.equal((await step("arrive")).status, "driver_arrived");
    assert.equal((await step("start", { pin: made.pin })).status, "in_progress");
    assert.equal((await step("complete")).status, "completed");
    const rate = `orchestrator/matches/${made.id}/rate`;
    expectCode(await world.http.post(rate, { body: { rating: 5 } }), "VALIDATION_ERROR");
    for (const as of ["driver", "passenger"]) {
      expectOk(await world.http.post(rate, { body: { rating: 5, as } }), z.object({ rating }));
    }
  });

  test("the driver may propose and the passenger then answers", async (world) => {
    const { passenger, driver } = await openPair(world);
    const made = await propose(world, { passenger, driver, as: { user: driver.user_id } });
    assert.equal(made.initiated_by, "driver");
    assert.equal(made.pin, undefined, "the driver never sees the PIN");
    const accept = `orchestrator/matches/${made.id}/accept`;
    expectCode(
      await world.http.post(accept, { as: { user: driver.user_id }, body: {} }),
      "FORBIDDEN",
    );
    const accepted = await act(world, {
      match: made.id,
      action: "accept",
      as: { user: passenger.user_id },
    });
    assert.equal(accepted.status, "accepted");
    assert.match(accepted.pin ?? "", /^[0-9]{4}$/, "the passenger sees it");
  });

  test("no answer to the driver contains the PIN", async (world) => {
    const { http } = world;
    const ride = await rideIn(world, "driver_arrived");
    const d = { user: ride.driver.user_id };
    const answers = [
      await http.get(`tracking/matches/${ride.match.id}`, { as: d }),
      await http.get(`tracking/trips/${ride.driver.id}`, { as: d }),
      await http.get(`tracking/trips/${ride.passenger.id}`, { as: d }),
      await http.post(`orchestrator/matches/${ride.match.id}/start`, {
        as: d,
        body: { pin: ride.pin === "0000" ? "0001" : "0000" },
      }),
      await http.post(`orchestrator/matches/${ride.match.id}/start`, {
        as: d,
        body: { pin: ride.pin },
      }),
      await http.call(`DELETE orchestrator/trips/${ride.driver.id}`, { as: d, body: {} }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 422, 200, 200]);
    for (const { text } of answers) {
      assert.doesNotMatch(text, /"pin"/);
      assert.doesNotMatch(text, new RegExp(`"${ride.pin}"`));
    }
    const p = { user: ride.passenger.user_id };
    const seen = await http.get(`tracking/matches/${ride.match.id}`, { as: p });
    assert.match(seen.text, new RegExp(`"pin":"${ride.pin}"`), "the passenger sees it");
  });

  test("five wrong PINs lock the start for ten minutes, also for the right one", async (world) => {
    const ride = await rideIn(world, "driver_arrived");
    const start = (pin: string): ReturnType<typeof world.http.post> =>
      world.http.post(`orchestrator/matches/${ride.match.id}/start`, {
        as: { user: ride.driver.user_id },
        body: { pin },
      });
    const wrong = ride.pin === "1234" ? "4321" : "1234";
    for (let left = 4; left > 0; left--) {
      const answer = await start(wrong);
      expectCode(answer, "PIN_INVALID");
      assert.match(answer.text, new RegExp(`"attempts_left":${left}`));
    }
    expectCode(await start(wrong), "PIN_LOCKED");
    const locked = await start(ride.pin);
    expectCode(locked, "PIN_LOCKED");
    const seconds = Number(locked.headers.get("retry-after"));
    assert.ok(seconds > 590 && seconds <= 600, `retry-after ${seconds}`);
    await world
      .sql`update mobility.match_pins set locked_until = now() where match_id = ${ride.match.id}`;
    assert.equal((await start(ride.pin)).status, 200, "afterwards the right one starts");
  });

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
    assert.equal(expectOk(again, openedTrip.omit({ vehicle: true })).replaced_trip_id, first.id);
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
