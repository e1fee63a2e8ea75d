import assert from "node:assert/strict";
import { breaches } from "../../../scripts/invariants/breaches.ts";
import { countCodes, outcomeOf } from "../support/outcome.ts";
import { cancelTrip, type Connection, openTrip, propose, sweep } from "../support/rides.ts";
import { tripState } from "../support/trip-state.ts";
import { letChatTimePass, runOut } from "./support/chat-clock.ts";
import { chatRace } from "./support/chat-test.ts";
import {
  answerOffer,
  dispatchTrip,
  offersOf,
  offerTo,
  type OnlineDriver,
  onlineDrivers,
  statesOf,
  sweepDispatch,
} from "./support/dispatch.ts";
import { newPerson } from "./support/people.ts";

async function openTrips(sql: Connection, count: number): Promise<string[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => (await openTrip(sql, "passenger")).id),
  );
}

/** Everything queued has been sent, so that what is called back has to be told. */
async function allSent(sql: Connection): Promise<void> {
  await sql`update mobility.outbox set status = 'sent' where status = 'queued'`;
}

/** Fails on any other code; a deadlock or another database error fails by itself. */
function assertCodes(codes: Record<string, number>, allowed: readonly string[]): void {
  assert.deepEqual(Object.keys(codes).filter((code) => !allowed.includes(code)), []);
}

/** How many messages of a kind each of the drivers has got. */
async function told(
  sql: Connection,
  kind: string,
  drivers: readonly OnlineDriver[],
): Promise<number[]> {
  const rows = await sql<{ user_id: string; count: number }[]>`
    select user_id, count(*)::int from mobility.outbox where kind = ${kind} group by 1`;
  const counts = new Map(rows.map(({ user_id, count }) => [user_id, count]));
  return drivers.map(({ user_id }) => counts.get(user_id) ?? 0);
}

chatRace("of 30 drivers who accept at once one wins, 50 times", 30, async ({ sql }) => {
  for (let round = 0; round < 50; round++) {
    const { user_id } = await newPerson(sql);
    const { id: trip } = await openTrip(sql, "passenger", { user_id });
    const drivers = await onlineDrivers(sql, 30);
    await dispatchTrip(sql, { trip, drivers, batch_size: 30 });
    await allSent(sql);
    const offers = await offersOf(sql, trip);
    const codes = await countCodes(offers.map((offer) => answerOffer(sql, offer, true)));
    assertCodes(codes, ["ok", "OFFER_GONE", "TRIP_ALREADY_MATCHED"]);
    assert.equal(codes.ok, 1, `round ${round}`);
    const states = await statesOf(sql, trip, drivers);
    assert.deepEqual(states.filter((state) => state !== "taken"), ["accepted"]);
    const winner = states.indexOf("accepted");
    const losers = drivers.filter((_, i) => i !== winner);
    assert.deepEqual(await told(sql, "offer_gone", losers), losers.map(() => 1));
    assert.deepEqual(await told(sql, "ride_won", drivers), drivers.map((_, i) => +(i === winner)));
    assert.deepEqual(await told(sql, "offer_gone", drivers.slice(winner, winner + 1)), [0]);
  }
  const [row] = await sql`
    select count(*)::int as matches, (select count(*)::int from mobility.trips where status = 'matched')
      as matched from mobility.matches where live`;
  assert.deepEqual(row, { matches: 50, matched: 100 });
});

chatRace("accepting while the passenger cancels leaves no ghost", 12, async ({ sql }) => {
  const seen = new Set<string>();
  for (let round = 0; round < 30; round++) {
    const { id: trip } = await openTrip(sql, "passenger");
    const drivers = await onlineDrivers(sql, 4);
    await dispatchTrip(sql, { trip, drivers, batch_size: 4 });
    const offers = await offersOf(sql, trip);
    // Now the one, now the others are a little earlier.
    const cancel = (): Promise<unknown> => cancelTrip(sql, { trip });
    const accept = offers.map((offer) => () => answerOffer(sql, offer, true));
    const calls = [...accept.slice(0, round % 5), cancel, ...accept.slice(round % 5)];
    const outcomes = await Promise.all(calls.map((call) => outcomeOf(call())));
    const codes = outcomes.map(({ code }) => code);
    assertCodes(Object.fromEntries(codes.map((code) => [code, 1])), [
      "ok",
      "OFFER_GONE",
      "TRIP_CANCELLED",
    ]);
    assert.equal(codes[round % 5], "ok", "the passenger may always cancel");
    const matches = await sql<{ status: string }[]>`
      select status from mobility.matches where passenger_trip_id = ${trip}`;
    assert.equal(matches.length, codes.filter((code) => code === "ok").length - 1);
    assert.ok(matches.every(({ status }) => status === "cancelled_passenger"));
    seen.add(matches.length === 0 ? "cancelled first" : "accepted first");
    assert.equal((await tripState(sql, trip)).status, "cancelled");
    for (const driver of drivers) {
      assert.equal((await tripState(sql, driver.trip_id)).status, "open");
    }
    assert.deepEqual(await breaches(sql), []);
  }
  assert.deepEqual([...seen].sort(), ["accepted first", "cancelled first"], "a race was none");
});

chatRace("accepting in the last moment is accepted or expired, not both", 8, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const { id: trip } = await openTrip(sql, "passenger");
    const drivers = await onlineDrivers(sql, 3);
    await dispatchTrip(sql, { trip, drivers, batch_size: 2 });
    const offers = await offersOf(sql, trip);
    await sql`
      update mobility.offers set expires_at = clock_timestamp() + interval '4 ms'
      where passenger_trip_id = ${trip}`;
    const sweeps = (): Promise<unknown>[] => [sweepDispatch(sql), sweepDispatch(sql)];
    const calls = [
      ...(round % 2 === 0 ? sweeps() : []),
      ...offers.map((offer) => answerOffer(sql, offer, true)),
      ...sweeps(),
    ];
    const codes = await countCodes(calls);
    assertCodes(codes, ["ok", "OFFER_GONE"]);
    const states = await statesOf(sql, trip, drivers);
    const accepted = states.filter((state) => state === "accepted").length;
    assert.ok(accepted <= 1);
    assert.equal((await tripState(sql, trip)).status, accepted === 1 ? "matched" : "open");
    assert.deepEqual(await breaches(sql), []);
  }
});

chatRace("dispatches of the same drivers in opposite orders never deadlock", 6, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const drivers = await onlineDrivers(sql, 5);
    const trips = await openTrips(sql, 6);
    const codes = await countCodes(trips.map((trip, i) =>
      dispatchTrip(sql, {
        trip,
        drivers: i % 2 === 0 ? drivers : [...drivers].reverse(),
        batch_size: 5,
      })
    ));
    assert.deepEqual(codes, { ok: 6 });
    const offers = (await Promise.all(trips.map((trip) => offersOf(sql, trip)))).flat();
    assert.equal(new Set(offers.map(({ driver_user_id }) => driver_user_id)).size, offers.length);
    assert.ok(offers.length >= 1);
  }
});

/**
 * Dispatches that have asked one driver each, and have the others' drivers next: whoever goes on with one of
 * them meets those who go on with the rest.
 */
async function crossing(
  sql: Connection,
  count: number,
): Promise<{ trips: string[]; drivers: OnlineDriver[] }> {
  const drivers = await onlineDrivers(sql, count);
  const trips = await openTrips(sql, count);
  for (const [i, trip] of trips.entries()) {
    const own = drivers.slice(i, i + 1);
    const others = drivers.filter((_, k) => k !== i);
    await dispatchTrip(sql, {
      trip,
      drivers: [...own, ...(i % 2 === 0 ? others : others.reverse())],
      batch_size: 1,
    });
    await sql`update mobility.dispatches set batch_size = 3 where passenger_trip_id = ${trip}`;
  }
  return { trips, drivers };
}

chatRace("sweep_dispatch() on 5 connections at once never deadlocks", 5, async ({ sql }) => {
  for (let round = 0; round < 40; round++) {
    const { trips, drivers } = await crossing(sql, 6);
    await letChatTimePass(sql, 31);
    const swept = await Promise.all(Array.from({ length: 5 }, () => sweepDispatch(sql)));
    const expired = swept.reduce((sum, { expired_offers }) => sum + expired_offers, 0);
    // What was locked by one is left to the next sweep.
    const rest = await sweepDispatch(sql);
    assert.equal(expired + rest.expired_offers, 6);
    assert.deepEqual(await breaches(sql), []);
    for (const trip of trips) await cancelTrip(sql, { trip });
    for (const { trip_id } of drivers) await cancelTrip(sql, { trip: trip_id });
  }
});

chatRace("declining crossing dispatches at once never deadlocks", 12, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const { trips, drivers } = await crossing(sql, 6);
    const offers = await Promise.all(
      trips.map((trip, i) => offerTo(sql, trip, drivers[i] ?? { user_id: "", trip_id: "" })),
    );
    const codes = await countCodes([
      ...offers.map((offer) => answerOffer(sql, offer, false)),
      ...trips.slice(0, 2).map((trip) => cancelTrip(sql, { trip })),
      sweepDispatch(sql),
    ]);
    assertCodes(codes, ["ok", "OFFER_GONE"]);
    assert.deepEqual(await breaches(sql), []);
    for (const trip of trips.slice(2)) await cancelTrip(sql, { trip });
  }
});

chatRace("a driver who goes offline or is taken is left with no offer", 10, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const drivers = await onlineDrivers(sql, 4);
    const trips = await openTrips(sql, 4);
    const [elsewhere = ""] = await openTrips(sql, 1);
    const [first, second] = drivers;
    assert.ok(first && second);
    const codes = await countCodes([
      ...trips.slice(0, 2).map((trip) => dispatchTrip(sql, { trip, drivers, batch_size: 4 })),
      cancelTrip(sql, { trip: first.trip_id }),
      propose(sql, { passenger: elsewhere, driver: second.trip_id }),
      ...trips.slice(2).map((trip) => dispatchTrip(sql, { trip, drivers, batch_size: 4 })),
    ]);
    assert.deepEqual(codes, { ok: 6 });
    assert.deepEqual(await breaches(sql), []);
    for (const trip of trips) await cancelTrip(sql, { trip });
  }
});

chatRace("proposing to the driver whom a dispatch comes to never deadlocks", 8, async ({ sql }) => {
  for (let round = 0; round < 40; round++) {
    const drivers = await onlineDrivers(sql, 4);
    const trips = await openTrips(sql, 2);
    for (const trip of trips) {
      await dispatchTrip(sql, { trip, drivers: await onlineDrivers(sql, 1), batch_size: 1 });
      const next = JSON.stringify(
        drivers.map(({ trip_id }) => ({ trip_id, distance_m: 100, eta_s: 20 })),
      );
      await sql`
        update mobility.dispatches set candidates = ${next}::text::jsonb, next_candidate = 0, batch_size = 4
        where passenger_trip_id = ${trip}`;
    }
    await letChatTimePass(sql, 31);
    const codes = await countCodes([
      sweepDispatch(sql),
      ...drivers.map(({ trip_id }, i) =>
        propose(sql, { passenger: trips[i % 2] ?? "", driver: trip_id })
      ),
      sweepDispatch(sql),
    ]);
    assertCodes(codes, ["ok", "TRIP_ALREADY_MATCHED"]);
    assert.deepEqual(await breaches(sql), []);
  }
});

chatRace("sweep() ends trips while their offers are taken: no deadlock", 8, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const drivers = await onlineDrivers(sql, 12);
    const trips = await openTrips(sql, 3);
    for (const [i, trip] of trips.entries()) {
      const asked = drivers.filter((_, k) => k % 3 === i);
      await dispatchTrip(sql, { trip, drivers: asked, batch_size: 4 });
    }
    const [first = "", second = "", third = ""] = trips;
    const [one, two, ofThird] = drivers;
    assert.ok(one && two && ofThird);
    // The third passenger and most drivers of the first two, while those are bound; the first one
    // to a driver whom the third has asked.
    await runOut(sql, [
      third,
      ...drivers.slice(3).filter((_, k) => k % 3 !== 2).map(({ trip_id }) => trip_id),
    ]);
    const offer = await offerTo(sql, second, two);
    const codes = await countCodes([
      sweep(sql),
      propose(sql, { passenger: first, driver: ofThird.trip_id }),
      answerOffer(sql, offer, true),
      sweep(sql),
      sweepDispatch(sql),
    ]);
    assert.deepEqual(codes, { ok: 5 });
    await sweep(sql);
    assert.deepEqual(await breaches(sql), []);
  }
});

chatRace("proposing crosswise to those whom the other asks never deadlocks", 8, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const drivers = await onlineDrivers(sql, 8);
    const trips = await openTrips(sql, 4);
    for (const [i, trip] of trips.entries()) {
      const asked = drivers.filter((_, k) => k % 4 === i);
      await dispatchTrip(sql, { trip, drivers: asked, batch_size: 2 });
    }
    const codes = await countCodes(
      trips.map((passenger, i) =>
        propose(sql, { passenger, driver: drivers[(i + 1) % 4]?.trip_id ?? "" })
      ),
    );
    assert.deepEqual(codes, { ok: 4 });
    assert.deepEqual(await breaches(sql), []);
  }
});
