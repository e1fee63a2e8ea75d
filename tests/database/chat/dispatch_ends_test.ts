import assert from "node:assert/strict";
import { advance, cancelTrip, openTrip, propose, sweep } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatTest } from "./support/chat-test.ts";
import {
  answerOffer,
  dispatchOf,
  dispatchTrip,
  metricsOf,
  nth,
  offersOf,
  offerTo,
  onlineDrivers,
  passengerTrip,
  statesOf,
  sweepDispatch,
} from "./support/dispatch.ts";
import { newPerson } from "./support/people.ts";
import { kindsTo, saidTo } from "./support/said.ts";
import { claimOutbox, sendAll } from "./support/worker.ts";

chatTest("cancel_trip() calls back what is on offer", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 3);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 3 });
  const [sent, unsent, sending] = drivers;
  assert.ok(sent && unsent && sending);
  await sql`
    update mobility.outbox set not_before = 'infinity'
    where user_id in (${unsent.user_id}, ${sending.user_id})`;
  await sendAll(sql);
  await sql`update mobility.outbox set not_before = now() where user_id = ${sending.user_id}`;
  const claimed = await claimOutbox(sql);
  assert.equal(claimed.length, 1);
  await cancelTrip(sql, { trip: trip.id });
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [
    "cancelled",
    "cancelled",
    "cancelled",
  ]);
  assert.equal(await dispatchOf(sql, trip.id), "cancelled");
  assert.deepEqual(await kindsTo(sql, sent.user_id), ["offer", "offer_gone"]);
  assert.deepEqual((await saidTo(sql, sent.user_id))[1]?.params, { reason: "cancelled" });
  assert.deepEqual(await kindsTo(sql, sending.user_id), ["offer", "offer_gone"]);
  assert.deepEqual((await saidTo(sql, unsent.user_id)).map(({ status }) => status), ["withdrawn"]);
  assert.deepEqual(await sweepDispatch(sql), { dispatches: 0, expired_offers: 0 });
});

chatTest("a trip that expires calls back what is on offer", async ({ sql }) => {
  const { user_id } = await newPerson(sql);
  const trip = await openTrip(sql, "passenger", { user_id, expires_in_s: 60 });
  const drivers = await onlineDrivers(sql, 2);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 1, offer_s: 45 });
  await sendAll(sql);
  await letChatTimePass(sql, 46);
  await sweepDispatch(sql);
  await sendAll(sql);
  await letChatTimePass(sql, 20);
  // Nobody is asked for a trip that is over, swept or not.
  await answerOffer(sql, await offerTo(sql, trip.id, nth(drivers, 1)), false);
  await sweepDispatch(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), ["expired", "declined"]);
  await sweep(sql);
  assert.equal(await dispatchOf(sql, trip.id), "cancelled");
  assert.deepEqual(await kindsTo(sql, user_id), ["dispatching", "trip_expired"]);
});

chatTest("a driver who goes offline or is taken elsewhere is not waited for", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 4);
  const [offline, taken, again, next] = drivers;
  assert.ok(offline && taken && again && next);
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 3 });
  await sendAll(sql);
  await cancelTrip(sql, { trip: offline.trip_id });
  await propose(sql, { passenger: (await passengerTrip(sql)).id, driver: taken.trip_id });
  await sweepDispatch(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [
    "withdrawn",
    "withdrawn",
    "offered",
    null,
  ]);
  // Online again at another place: the old trip's offer is gone.
  await openTrip(sql, "driver", { user_id: again.user_id });
  await sweepDispatch(sql);
  assert.deepEqual(await statesOf(sql, trip.id, drivers), [
    "withdrawn",
    "withdrawn",
    "withdrawn",
    "offered",
  ]);
  // They did it themselves, and know; and it is not held against them.
  for (const driver of [offline, again]) {
    assert.deepEqual(await kindsTo(sql, driver.user_id), ["offer"]);
    assert.equal(await metricsOf(sql, driver), null);
  }
  assert.deepEqual(await kindsTo(sql, taken.user_id), ["offer", "proposal"]);
});

chatTest("a dispatch ends when the passenger is bound another way", async ({ sql }) => {
  const trip = await passengerTrip(sql);
  const drivers = await onlineDrivers(sql, 2);
  const [asked, chosen] = drivers;
  assert.ok(asked && chosen);
  await dispatchTrip(sql, { trip: trip.id, drivers: [asked] });
  await sendAll(sql);
  const match = await propose(sql, { passenger: trip.id, driver: chosen.trip_id });
  assert.equal(await dispatchOf(sql, trip.id), "taken");
  assert.deepEqual(await kindsTo(sql, asked.user_id), ["offer", "offer_gone"]);
  await advance(sql, { match: match.id, action: "decline" });
  await sweepDispatch(sql);
  assert.equal((await offersOf(sql, trip.id)).length, 1, "it does not start again by itself");
});
