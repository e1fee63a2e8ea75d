import assert from "node:assert/strict";
import { outcomeOf } from "../support/outcome.ts";
import { cancelTrip, openTrip, propose, sweep, type Trip } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatTest } from "./support/chat-test.ts";
import {
  answerOffer,
  candidatesOf,
  dispatchOf,
  dispatchTrip,
  metricsOf,
  nth,
  offersOf,
  offerTo,
  type OnlineDriver,
  onlineDrivers,
  passengerTrip,
  statesOf,
  sweepDispatch,
} from "./support/dispatch.ts";
import { answeredBy, asJson } from "./support/rpc.ts";
import { kindsTo, saidTo } from "./support/said.ts";
import { claimOutbox, sendAll } from "./support/worker.ts";

chatTest(
  "dispatch_trip() asks one driver at a time, unless the policy or the caller says more",
  async ({ sql }) => {
    const drivers = await onlineDrivers(sql, 6);
    const offered = async (
      [from, until]: readonly [number, number],
      batch: number | null = null,
    ): Promise<number> => {
      const { id } = await passengerTrip(sql);
      const candidates = asJson(candidatesOf(drivers.slice(from, until)));
      const { dispatch } = await answeredBy<{ dispatch: { offered: number } }>(sql`
      select public.dispatch_trip(null, ${id}, ${candidates}::text::jsonb, ${batch}) as answer`);
      return dispatch.offered;
    };
    assert.equal(await offered([0, 2]), 1);
    assert.deepEqual(
      await answeredBy(sql`select public.set_dispatch_policy(p_batch_size => 2) as answer`),
      { window_s: 0, idle_credit_s: 1, batch_size: 2 },
    );
    assert.equal(await offered([2, 5]), 2);
    assert.equal(await offered([5, 6], 1), 1);
  },
);

chatTest("dispatch_trip() offers the ride to the best, a batch at once", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 5);
  const dispatch = await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2, offer_s: 20 });
  assert.deepEqual({ ...dispatch, id: "" }, {
    id: "",
    passenger_trip_id: trip.id,
    status: "running",
    candidates: 5,
    offered: 2,
    offers_in_s: null,
  });
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [
    "offered",
    "offered",
    null,
    null,
    null,
  ]);
  assert.deepEqual(await kindsTo(sql, trip.user_id), ["dispatching"]);
  const [said] = await saidTo(sql, nth(drivers, 1).user_id);
  const offer = await offerTo(sql, trip.id, nth(drivers, 1));
  assert.equal(said?.kind, "offer");
  assert.equal(said.subject, offer.id);
  assert.deepEqual(said.params, {
    offer_id: offer.id,
    distance_m: 200,
    eta_s: 30,
    pickup: { lat: -1.95, lng: 30.06 },
    dropoff: { lat: -1.96, lng: 30.1 },
    ride_distance_m: trip.distance_m,
    fare_amount: trip.fare_amount,
    currency: "RWF",
    passenger_rating_count: 0,
    expires_in_s: 20,
  });
  // The driver is not sent what there is no time left to answer.
  const [row] = await sql`
    select extract(epoch from valid_until - now())::int as s from mobility.outbox
    where subject = ${offer.id}`;
  assert.equal(row?.s, 20);
});

chatTest("dispatch_trip() refuses what cannot be dispatched", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 1);
  const code = async (wish: Partial<Parameters<typeof dispatchTrip>[1]>): Promise<string> =>
    (await outcomeOf(dispatchTrip(sql, { trip: trip.id, drivers, ...wish }))).code;
  assert.equal(await code({ trip: crypto.randomUUID() }), "TRIP_NOT_FOUND");
  assert.equal(await code({ acting_user: crypto.randomUUID() }), "FORBIDDEN");
  assert.equal(await code({ trip: nth(drivers, 0).trip_id }), "TRIP_WRONG_ROLE");
  const scheduled_for = new Date(Date.now() + 3_600_000).toISOString();
  const later = await openTrip(sql, "passenger", { scheduled_for });
  assert.equal(await code({ trip: later.id }), "TRIP_NOT_DUE");
  await cancelTrip(sql, { trip: trip.id });
  assert.equal(await code({}), "TRIP_CANCELLED");
  assert.equal((await sql`select from mobility.offers`).length, 0);
  const open = await passengerTrip(sql);
  assert.equal(await code({ trip: open.id, acting_user: open.user_id }), "ok");
});

chatTest("dispatch_trip() without anybody to ask says so at once", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const { status } = await dispatchTrip(sql, { trip: trip.id, drivers: [] });
  assert.equal(status, "exhausted");
  assert.deepEqual(await kindsTo(sql, trip.user_id), ["dispatching", "nobody_accepted"]);
});

chatTest("dispatch_trip() passes by who cannot take the ride", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 9);
  const [taken, blocked, blocking, busy, offline, hidden, cab, over, free] = drivers;
  assert.ok(taken && blocked && blocking && busy && offline && hidden && cab && over && free);
  await propose(sql, { passenger: (await passengerTrip(sql)).id, driver: taken.trip_id });
  await sql`
    insert into mobility.blocks values (${trip.user_id}, ${blocked.user_id}),
      (${blocking.user_id}, ${trip.user_id})`;
  const other = await passengerTrip(sql);
  await dispatchTrip(sql, { trip: other.id, drivers: [busy] });
  await cancelTrip(sql, { trip: offline.trip_id });
  await sql`update mobility.live_positions set available = false where trip_id = ${hidden.trip_id}`;
  await openTrip(sql, "driver", { user_id: cab.user_id, vehicle_type: "cab" });
  await sql`
    with o as (update mobility.trips set expires_at = now(), created_at = now() - interval '1 hour'
      where id = ${over.trip_id})
    update mobility.live_positions set expires_at = now() where trip_id = ${over.trip_id}`;
  // Oneself, on another trip.
  const own = await openTrip(sql, "driver", { user_id: trip.user_id });
  const self = { user_id: trip.user_id, trip_id: own.id };
  const inRide = nth(await onlineDrivers(sql, 1), 0);
  const scheduled_for = new Date(Date.now() + 60_000).toISOString();
  const soon = await openTrip(sql, "driver", { user_id: inRide.user_id, scheduled_for });
  await propose(sql, { passenger: (await passengerTrip(sql)).id, driver: soon.id });
  await dispatchTrip(sql, {
    trip: trip.id,
    drivers: [self, ...drivers.slice(0, 8), inRide, free],
    batch_size: 5,
  });
  assert.deepEqual(
    (await offersOf(sql, trip.id)).map(({ driver_user_id }) => driver_user_id),
    [free.user_id],
  );
});

chatTest("sweep_dispatch() lets offers run out and asks the next, to the end", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 5);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2, offer_s: 30 });
  await sendAll(sql);
  await letChatTimePass(sql, 29);
  assert.deepEqual(await sweepDispatch(sql), { dispatches: 0, expired_offers: 0 });
  const batches = [
    ["expired", "expired", "offered", "offered", null],
    ["expired", "expired", "expired", "expired", "offered"],
    ["expired", "expired", "expired", "expired", "expired"],
  ];
  for (const [i, states] of batches.entries()) {
    await letChatTimePass(sql, i === 0 ? 1 : 30);
    assert.deepEqual(await sweepDispatch(sql), {
      dispatches: 1,
      expired_offers: i === 2 ? 1 : 2,
    });
    assert.deepEqual(await statesOf(sql, trip.id, drivers), states);
    await sendAll(sql);
  }
  assert.equal(await dispatchOf(sql, trip.id), "exhausted");
  assert.deepEqual(await kindsTo(sql, trip.user_id), ["dispatching", "nobody_accepted"]);
  for (const driver of drivers) {
    assert.deepEqual(await kindsTo(sql, driver.user_id), ["offer", "offer_gone"]);
    assert.deepEqual((await saidTo(sql, driver.user_id))[1]?.params, { reason: "expired" });
    assert.deepEqual(await metricsOf(sql, driver), {
      offers_accepted: 0,
      offers_declined: 0,
      offers_expired: 1,
      response_s: 0,
    });
  }
  assert.deepEqual(await sweepDispatch(sql), { dispatches: 0, expired_offers: 0 });
});

chatTest("sweep_dispatch() tells nobody of an offer that was never sent", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 2);
  for (const claimedLate of [false, true]) {
    await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2 });
    await letChatTimePass(sql, 31);
    // In the other round the worker finds it first, and too old to be sent.
    if (claimedLate) await claimOutbox(sql);
    await sweepDispatch(sql);
    for (const { user_id } of drivers) {
      assert.deepEqual(
        (await saidTo(sql, user_id)).map(({ kind, status }) => `${kind} ${status}`),
        ["offer expired"],
      );
    }
    await sql`delete from mobility.outbox`;
  }
});

chatTest("answer_offer() declined by the last one asked goes on at once", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 3);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2 });
  await letChatTimePass(sql, 7);
  const decline = async (i: number): Promise<void> => {
    const offer = await offerTo(sql, trip.id, nth(drivers, i));
    assert.deepEqual(await answerOffer(sql, offer, false), { declined: true });
  };
  await decline(1);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["offered", "declined", null]);
  await decline(0);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["declined", "declined", "offered"]);
  await decline(2);
  assert.equal(await dispatchOf(sql, trip.id), "exhausted");
  assert.deepEqual(await kindsTo(sql, trip.user_id), ["dispatching", "nobody_accepted"]);
  // Declined without being sent, over the API: the offer is not sent any more.
  assert.deepEqual(
    (await saidTo(sql, nth(drivers, 0).user_id)).map(({ kind, status }) => `${kind} ${status}`),
    ["offer withdrawn", "offer_declined queued"],
  );
  assert.deepEqual(await metricsOf(sql, nth(drivers, 1)), {
    offers_accepted: 0,
    offers_declined: 1,
    offers_expired: 0,
    response_s: 7,
  });
});

chatTest("answer_offer() accepted binds both and calls back the others", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 5);
  const [winner, told, untold, declined, waiting] = drivers;
  assert.ok(winner && told && untold && declined && waiting);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 4 });
  await sql`
    update mobility.outbox set not_before = 'infinity' where user_id = ${untold.user_id}`;
  await sendAll(sql);
  await answerOffer(sql, await offerTo(sql, trip.id, declined), false);
  await letChatTimePass(sql, 12);
  const id = crypto.randomUUID();
  const [accepted] = await sql<{ match: Record<string, unknown> }[]>`
    select public.answer_offer(${winner.user_id}, ${(await offerTo(sql, trip.id, winner)).id}, true,
      ${id}) -> 'match' as match`;
  assert.equal(accepted?.match.id, id);
  assert.equal(accepted.match.status, "accepted");
  assert.ok(!("pin" in accepted.match), "the driver is not told the PIN");
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [
    "accepted",
    "taken",
    "taken",
    "declined",
    null,
  ]);
  assert.equal(await dispatchOf(sql, trip.id), "taken");
  assert.deepEqual(await kindsTo(sql, trip.user_id), ["dispatching", "ride_accepted"]);
  assert.deepEqual(await kindsTo(sql, winner.user_id), ["offer", "ride_won"]);
  assert.deepEqual(await kindsTo(sql, told.user_id), ["offer", "offer_gone"]);
  assert.deepEqual((await saidTo(sql, told.user_id))[1]?.params, { reason: "taken" });
  assert.deepEqual(
    (await saidTo(sql, untold.user_id)).map(({ kind, status }) => `${kind} ${status}`),
    ["offer withdrawn"],
  );
  assert.deepEqual(await kindsTo(sql, declined.user_id), ["offer", "offer_declined"]);
  assert.deepEqual(await kindsTo(sql, waiting.user_id), []);
  assert.deepEqual(await metricsOf(sql, winner), {
    offers_accepted: 1,
    offers_declined: 0,
    offers_expired: 0,
    response_s: 12,
  });
  // Losing a race is no fault of theirs.
  assert.equal(await metricsOf(sql, told), null);
  await sweepDispatch(sql);
  assert.equal((await offersOf(sql, trip.id)).length, 4);
});

chatTest(
  "answer_offer() refuses with the reason why there is no offer any more",
  async ({ sql }) => {
    const reasonOf = async (i: number, trip: Trip, drivers: OnlineDriver[]): Promise<string> => {
      const offer = await offerTo(sql, trip.id, nth(drivers, i));
      const answer = answerOffer(sql, offer, true);
      const outcome = await answer.then(
        () => "ok",
        (error) => `${error.message} ${error.hint ?? ""}`,
      );
      return outcome;
    };
    const trip = await passengerTrip(sql);
    const drivers = await onlineDrivers(sql, 4);
    await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 4 });
    await answerOffer(sql, await offerTo(sql, trip.id, nth(drivers, 3)), false);
    assert.equal(await reasonOf(0, trip, drivers), "ok");
    assert.equal(await reasonOf(0, trip, drivers), 'OFFER_GONE {"reason": "accepted"}');
    assert.equal(await reasonOf(1, trip, drivers), 'OFFER_GONE {"reason": "taken"}');
    assert.equal(await reasonOf(3, trip, drivers), 'OFFER_GONE {"reason": "declined"}');

    const other = await passengerTrip(sql);
    await dispatchTrip(sql, { trip: other.id, drivers: drivers.slice(1), batch_size: 4 });
    await cancelTrip(sql, { trip: other.id });
    assert.equal(await reasonOf(1, other, drivers), 'OFFER_GONE {"reason": "cancelled"}');

    const slow = await passengerTrip(sql);
    await dispatchTrip(sql, { trip: slow.id, drivers: drivers.slice(1), batch_size: 4 });
    await letChatTimePass(sql, 30);
    assert.equal(await reasonOf(1, slow, drivers), 'OFFER_GONE {"reason": "expired"}');
    const offer = await offerTo(sql, slow.id, nth(drivers, 2));
    const code = async (id: string, user: string): Promise<string> =>
      (await outcomeOf(answerOffer(sql, { id, driver_user_id: user }, true))).code;
    assert.equal(await code(offer.id, nth(drivers, 1).user_id), "FORBIDDEN");
    assert.equal(await code(crypto.randomUUID(), offer.driver_user_id), "OFFER_NOT_FOUND");
  },
);

chatTest("answer_offer() refuses who is bound or blocked meanwhile", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 2);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 2 });
  const [first, second] = drivers;
  assert.ok(first && second);
  await sql`insert into mobility.blocks values (${trip.user_id}, ${first.user_id})`;
  const code = async (driver: OnlineDriver): Promise<string> =>
    (await outcomeOf(answerOffer(sql, await offerTo(sql, trip.id, driver), true))).code;
  assert.equal(await code(first), "BLOCKED");
  await letChatTimePass(sql, 1);
  await sql`update mobility.trips set expires_at = now() where id = ${trip.id}`;
  await sql`update mobility.live_positions set expires_at = now() where trip_id = ${trip.id}`;
  assert.equal(await code(second), "TRIP_EXPIRED");
  await sweep(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["cancelled", "cancelled"]);
});

chatTest("dispatch_trip() again goes on with the new list", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 6);
  const first = await dispatchTrip(sql, {
    trip: trip.id,
    drivers: drivers.slice(0, 4),
    batch_size: 2,
  });
  // Two are asked now; of the new list, who was asked before is not asked again.
  const second = await dispatchTrip(sql, {
    trip: trip.id,
    drivers: drivers.slice(1),
    batch_size: 2,
  });
  assert.equal(second.id, first.id);
  assert.equal(second.candidates, 5);
  const both = ["offered", "offered", null, null, null, null];
  assert.deepEqual(await statesOf(sql, trip.id, drivers), both);
  await letChatTimePass(sql, 31);
  await sweepDispatch(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [
    "expired",
    "expired",
    "offered",
    "offered",
    null,
    null,
  ]);
  // The time of these is over, but not swept; there is nobody new.
  await letChatTimePass(sql, 31);
  const third = await dispatchTrip(sql, { trip: trip.id, drivers: drivers.slice(0, 2) });
  assert.equal(third.status, "running");
  await sweepDispatch(sql);
  assert.equal(await dispatchOf(sql, trip.id), "exhausted");
  assert.ok(!(await statesOf(sql, trip.id, drivers)).includes("offered"));
  // After its end it is another dispatch, and everybody may be asked.
  const fourth = await dispatchTrip(sql, { trip: trip.id, drivers: drivers.slice(0, 1) });
  assert.notEqual(fourth.id, first.id);
  assert.equal((await statesOf(sql, trip.id, drivers))[0], "offered");
});

chatTest("sweep_dispatch() takes no more than its limit, the oldest first", async ({ sql }) => {
  const trips: Trip[] = [];
  for (let i = 0; i < 3; i++) {
    const trip = await passengerTrip(sql);
    trips.push(trip);
    await dispatchTrip(sql, { trip: trip.id, drivers: await onlineDrivers(sql, 1) });
    await letChatTimePass(sql, 1);
  }
  await letChatTimePass(sql, 31);
  const [row] = await sql`select public.sweep_dispatch(2) as swept`;
  assert.deepEqual(row?.swept, { dispatches: 2, expired_offers: 2 });
  const states = await Promise.all(trips.map(({ id }) => dispatchOf(sql, id)));
  assert.deepEqual(states, ["exhausted", "exhausted", "running"]);
});
