import assert from "node:assert/strict";
import { breaches } from "../../../scripts/invariants/breaches.ts";
import { countCodes } from "../support/outcome.ts";
import { advance, cancelTrip, openTrip } from "../support/rides.ts";
import { chatRide } from "./support/chat-ride.ts";
import { chatRace } from "./support/chat-test.ts";
import { answerOffer, dispatchTrip, offerTo, sweepDispatch } from "./support/dispatch.ts";
import { commands, newPerson, writes } from "./support/people.ts";
import { kindsTo } from "./support/said.ts";
import { answerInbox } from "./support/worker.ts";

/** Fails on any other code; a deadlock or another database error fails by itself. */
function assertCodes(codes: Record<string, number>, allowed: readonly string[]): void {
  assert.deepEqual(Object.keys(codes).filter((code) => !allowed.includes(code)), []);
}

chatRace("a driver's pin does not deadlock with what becomes of the trip", 10, async ({ sql }) => {
  for (let round = 0; round < 40; round++) {
    const driver = await newPerson(sql);
    const { id: trip_id } = await openTrip(sql, "driver", { user_id: driver.user_id });
    const { id: wanted } = await openTrip(sql, "passenger");
    const online = { user_id: driver.user_id, trip_id };
    await dispatchTrip(sql, { trip: wanted, drivers: [online] });
    const offer = await offerTo(sql, wanted, online);
    const event = await writes(sql, driver, "pin");
    const points = JSON.stringify([{ trip_id, lat: -1.96, lng: 30.07 }]);
    const codes = await countCodes([
      answerInbox(sql, event, { command: { name: "move", trip_id, lat: -1.99, lng: 30.1 } }),
      round % 2 === 0 ? answerOffer(sql, offer, true) : cancelTrip(sql, { trip: trip_id }),
      sweepDispatch(sql),
      sql`select public.update_positions(null, ${points}::text::jsonb)`,
      cancelTrip(sql, { trip: wanted }),
    ]);
    assertCodes(codes, ["ok", "OFFER_GONE", "TRIP_CANCELLED"]);
    assert.deepEqual(await breaches(sql), []);
  }
});

chatRace("going online while a ride ends gives one open trip", 6, async ({ sql }) => {
  const seen = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const ride = await chatRide(sql, "in_progress");
    const { user_id } = ride.driver;
    const codes = await countCodes([
      ...(round % 2 === 0 ? [advance(sql, { match: ride.match.id, action: "complete" })] : []),
      openTrip(sql, "driver", { user_id, lat: -1.9 }),
      ...(round % 2 === 1 ? [advance(sql, { match: ride.match.id, action: "complete" })] : []),
      openTrip(sql, "driver", { user_id, lat: -1.91 }),
    ]);
    assertCodes(codes, ["ok", "ALREADY_IN_RIDE"]);
    for (const code of Object.keys(codes)) seen.add(code);
    const open = await sql`
      select from mobility.trips where user_id = ${user_id} and status = 'open'`;
    assert.equal(open.length, 1);
    assert.deepEqual(await breaches(sql), []);
  }
  assert.ok(seen.has("ALREADY_IN_RIDE"), "a race was none");
});

chatRace("both sides of a ride write at once, and each thing is said once", 8, async ({ sql }) => {
  for (let round = 0; round < 40; round++) {
    const ride = await chatRide(sql, "driver_arrived");
    const match_id = ride.match.id;
    const events = {
      passenger: await writes(sql, ride.passenger),
      driver: await writes(sql, ride.driver),
    };
    const cancel = { name: "advance", match_id, action: "cancel" };
    const start = { name: "advance", match_id, action: "start", pin: ride.pin };
    const calls = [
      () => answerInbox(sql, events.passenger, { command: cancel }),
      () => answerInbox(sql, events.driver, { command: start }),
    ];
    if (round % 2 === 1) calls.reverse();
    const codes = await countCodes([
      ...calls.map((call) => call()),
      // The worker that lost the lease, or the same worker twice.
      answerInbox(sql, events.passenger, { command: cancel }),
      answerInbox(sql, events.driver, { command: start }),
    ]);
    assertCodes(codes, ["ok", "MATCH_INVALID_STATE", "LEASE_LOST"]);
    const told = await kindsTo(sql, ride.driver.user_id);
    assert.equal(told.filter((kind) => kind === "cancelled_by_passenger").length, 1);
    assert.ok(told.filter((kind) => kind === "ride_running").length <= 1);
    assert.deepEqual(await breaches(sql), []);
  }
});

chatRace("people who block, call and add each other at once never deadlock", 8, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const ride = await chatRide(sql, "in_progress");
    const { passenger, driver } = ride;
    const match_id = ride.match.id;
    await Promise.all([passenger, driver].map((person) => {
      const other = person === passenger ? driver : passenger;
      return commands(sql, person, {
        name: "add_contact",
        phone: other.phone,
        contact_name: "Other",
      });
    }));
    const events = await Promise.all([writes(sql, passenger), writes(sql, driver)]);
    const [one, two] = events;
    assert.ok(one && two);
    const codes = await countCodes([
      answerInbox(sql, one, { command: { name: "sos", match_id } }),
      answerInbox(sql, two, { command: { name: "sos", match_id } }),
      advance(sql, { match: match_id, action: "complete" }),
    ]);
    assert.deepEqual(codes, { ok: 3 });
  }
});
