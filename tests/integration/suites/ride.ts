import assert from "node:assert/strict";
import { z } from "zod";
import { rating } from "../../../shared/rides/mod.ts";
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

const trackedMatch = z.object({
  match: z.object({ status: z.string(), fare_amount: z.number().nullable() }),
  heading_for: z.string().nullable(),
  eta_s: z.number().nullable(),
  remaining_m: z.number().nullable(),
  progress: z.number().nullable(),
  driver_position: z.object({ lat: z.number(), position_age_s: z.number() }).nullable(),
  events: z.array(z.object({ to_status: z.string(), actor: z.string() })),
});

/** A ride from the wish to the ratings. */
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
    // In steps that a phone may well report: five kilometres at once would not be believed.
    for (const metres of [900, 1700, 2500]) {
      await http.post("tracking/update-location", {
        as: d,
        body: { trip_id: driver.id, ...north(at, metres) },
      });
    }
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
}
