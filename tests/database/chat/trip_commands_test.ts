import assert from "node:assert/strict";
import { cancelTrip, type Connection } from "../support/rides.ts";
import { tripState } from "../support/trip-state.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRide, DROPOFF } from "./support/chat-ride.ts";
import { chatTest } from "./support/chat-test.ts";
import { commands, newPerson, tasksOf } from "./support/people.ts";
import { forgetSaid, kindsTo, lastTo, saidTo } from "./support/said.ts";
import { type Command, OPEN, opens, PICKUP, plain, refusal } from "./support/person-commands.ts";

chatTest("open_trip of a passenger starts a search", async ({ sql }) => {
  const person = await newPerson(sql);
  const first = await opens(sql, person, {
    pickup: { ...PICKUP, text: "t".repeat(400) },
    dropoff: { ...DROPOFF, text: "Market" },
  });
  assert.equal(first.trip.user_id, person.user_id);
  assert.ok((first.trip.fare_amount ?? 0) > 300);
  const [row] = await sql`
    select char_length(pickup_text) as cut, dropoff_text from mobility.trips`;
  assert.deepEqual(row, { cut: 300, dropoff_text: "Market" });
  assert.deepEqual(await tasksOf(sql, person.user_id), [
    { task: "search", trip_id: first.trip.id },
  ]);
  assert.deepEqual(await kindsTo(sql, person.user_id), []);
  // Asked again, it is the new one that counts.
  const second = await opens(sql, person);
  assert.equal(second.replaced_trip_id, first.trip.id);
  assert.equal((await tripState(sql, first.trip.id)).status, "cancelled");
});

chatTest("open_trip of a driver says until when they are online", async ({ sql }) => {
  const person = await newPerson(sql);
  const { trip } = await opens(sql, person, { role: "driver", expires_in_s: 14_400 });
  const said = await lastTo(sql, person.user_id);
  assert.deepEqual([said.kind, said.params.trip_id, said.params.time_zone], [
    "online",
    trip.id,
    "Africa/Kigali",
  ]);
  assert.equal(Date.parse(String(said.params.until)), Date.parse(trip.expires_at));
  assert.deepEqual(await tasksOf(sql, person.user_id), []);
});

chatTest(
  "open_trip for later confirms the time, and searches when it has come",
  async ({ sql }) => {
    const person = await newPerson(sql);
    const scheduled_for = new Date(Date.now() + 3_600_000).toISOString();
    const { trip } = await opens(sql, person, { scheduled_for, dropoff: DROPOFF });
    const said = await lastTo(sql, person.user_id);
    assert.deepEqual([said.kind, said.params.trip_id, said.params.fare_amount], [
      "scheduled",
      trip.id,
      trip.fare_amount,
    ]);
    assert.equal(Date.parse(String(said.params.at)), Date.parse(scheduled_for));
    assert.deepEqual(await tasksOf(sql, person.user_id), []);
  },
);

chatTest("open_trip refuses a place, a vehicle and a second ride", async ({ sql }) => {
  const { passenger } = await chatRide(sql, "accepted");
  assert.equal(await refusal(sql, passenger, OPEN), "ALREADY_IN_RIDE");
  const person = await newPerson(sql);
  const wrong: [Record<string, unknown>, string][] = [
    [{ pickup: { lat: 0, lng: 0 } }, "INVALID_LOCATION"],
    [{ pickup: { lat: -1.95 } }, "INVALID_LOCATION"],
    [{ dropoff: { lat: 95, lng: 30 } }, "INVALID_LOCATION"],
    [{ vehicle_type: "boat" }, "INVALID_VEHICLE_TYPE"],
  ];
  for (const [changes, code] of wrong) {
    assert.equal(await refusal(sql, person, { ...OPEN, ...changes }), code);
  }
});

chatTest("cancel_trip says that there is no search, or who goes offline", async ({ sql }) => {
  const passenger = await newPerson(sql);
  const driver = await newPerson(sql);
  const wanted = (await opens(sql, passenger)).trip.id;
  const online = (await opens(sql, driver, { role: "driver" })).trip.id;
  await forgetSaid(sql);
  const cancel = (trip_id: string): Command => ({
    name: "cancel_trip",
    trip_id,
    reason: "changed_mind",
  });
  assert.equal(await refusal(sql, driver, cancel(wanted)), "FORBIDDEN");
  assert.equal(await refusal(sql, driver, cancel(crypto.randomUUID())), "TRIP_NOT_FOUND");
  await commands(sql, passenger, cancel(wanted));
  await commands(sql, driver, cancel(online));
  assert.deepEqual(await saidTo(sql, passenger.user_id).then(plain), [
    ["trip_cancelled", { trip_id: wanted }],
  ]);
  assert.deepEqual(await saidTo(sql, driver.user_id).then(plain), [
    ["offline", { rides: 0, earnings: 0 }],
  ]);
  assert.equal((await tripState(sql, wanted)).cancel_reason, "changed_mind");
  assert.equal(await refusal(sql, passenger, cancel(wanted)), "TRIP_CANCELLED");
});

chatTest("cancel_trip during a ride tells both, and the driver is offline", async ({ sql }) => {
  for (const side of ["passenger", "driver"] as const) {
    const ride = await chatRide(sql, "accepted");
    const trip_id = ride.match[`${side}_trip_id`];
    await commands(sql, ride[side], { name: "cancel_trip", trip_id, reason: "other" });
    assert.deepEqual(
      await kindsTo(sql, ride[side].user_id),
      side === "driver" ? ["ride_cancelled", "offline"] : ["ride_cancelled"],
    );
    const other = side === "driver" ? "passenger" : "driver";
    const told = await lastTo(sql, ride[other].user_id);
    assert.deepEqual([told.kind, told.params.reason], [`cancelled_by_${side}`, "other"]);
  }
});

/** Where a trip is, how old that is, and for how many minutes it lasts. */
async function position(sql: Connection, trip_id: string): Promise<unknown> {
  const [row] = await sql`
    select lat, lng, extract(epoch from now() - position_at)::int as age_s, available,
      round(extract(epoch from expires_at - now()) / 60)::int as minutes
    from mobility.live_positions where trip_id = ${trip_id}`;
  return row;
}

chatTest("stay_online confirms the place and prolongs the trip", async ({ sql }) => {
  const driver = await newPerson(sql);
  const { trip } = await opens(sql, driver, { role: "driver", expires_in_s: 7200 });
  await letChatTimePass(sql, 3600);
  await sql`select public.sweep()`;
  assert.deepEqual(await position(sql, trip.id), {
    ...PICKUP,
    age_s: 3600,
    available: false,
    minutes: 60,
  });
  await forgetSaid(sql);
  const stay = { name: "stay_online", trip_id: trip.id };
  await commands(sql, driver, stay);
  assert.deepEqual(await position(sql, trip.id), {
    ...PICKUP,
    age_s: 0,
    available: true,
    minutes: 120,
  });
  const said = await lastTo(sql, driver.user_id);
  assert.deepEqual([said.kind, said.params.trip_id], ["still_online", trip.id]);
  assert.equal(await refusal(sql, await newPerson(sql), stay), "FORBIDDEN");
  assert.equal(
    await refusal(sql, driver, { ...stay, trip_id: crypto.randomUUID() }),
    "TRIP_NOT_FOUND",
  );
  const ride = await chatRide(sql, "accepted");
  assert.equal(
    await refusal(sql, ride.driver, { ...stay, trip_id: ride.match.driver_trip_id }),
    "TRIP_ALREADY_MATCHED",
  );
  await letChatTimePass(sql, 7201);
  assert.equal(await refusal(sql, driver, stay), "TRIP_EXPIRED");
  // A longer time that was agreed is not shortened.
  const long = await opens(sql, driver, { role: "driver", expires_in_s: 14_400 });
  await commands(sql, driver, { ...stay, trip_id: long.trip.id });
  assert.equal((await tripState(sql, long.trip.id)).expires_in_s, 14_400);
});

chatTest("move puts a driver elsewhere; during a ride, without a word", async ({ sql }) => {
  const driver = await newPerson(sql);
  const { trip } = await opens(sql, driver, { role: "driver", expires_in_s: 3600 });
  await letChatTimePass(sql, 2400);
  await forgetSaid(sql);
  const move = { name: "move", trip_id: trip.id, lat: -1.99, lng: 30.2 };
  await commands(sql, driver, move);
  assert.deepEqual(await position(sql, trip.id), {
    lat: -1.99,
    lng: 30.2,
    age_s: 0,
    available: true,
    minutes: 120,
  });
  assert.deepEqual(await kindsTo(sql, driver.user_id), ["still_online"]);
  assert.equal(await refusal(sql, driver, { ...move, lat: 0, lng: 0 }), "INVALID_LOCATION");
  assert.equal(await refusal(sql, await newPerson(sql), move), "FORBIDDEN");
  assert.equal(
    await refusal(sql, driver, { ...move, trip_id: crypto.randomUUID() }),
    "TRIP_NOT_FOUND",
  );

  const ride = await chatRide(sql, "in_progress");
  await letChatTimePass(sql, 60);
  const trip_id = ride.match.driver_trip_id;
  await commands(sql, ride.driver, { ...move, trip_id });
  const [row] = await sql`
    select lat, lng, available from mobility.live_positions where trip_id = ${trip_id}`;
  assert.deepEqual(row, { lat: -1.99, lng: 30.2, available: false });
  assert.deepEqual(await kindsTo(sql, ride.driver.user_id), []);
});

chatTest("watch and search_again keep a passenger's trip open", async ({ sql }) => {
  const person = await newPerson(sql);
  const { trip } = await opens(sql, person, { expires_in_s: 600 });
  await sql`update mobility.inbox set done_at = now()`;
  const watch = { name: "watch", trip_id: trip.id };
  await commands(sql, person, watch);
  await commands(sql, person, watch);
  assert.deepEqual(plain(await saidTo(sql, person.user_id)), [
    ["watching", { trip_id: trip.id }],
    ["watching", { trip_id: trip.id }],
  ]);
  assert.equal((await sql`select from mobility.watches`).length, 1);
  assert.equal((await tripState(sql, trip.id)).expires_in_s, 7200);
  assert.equal(await refusal(sql, await newPerson(sql), watch), "FORBIDDEN");

  await letChatTimePass(sql, 6600);
  await commands(sql, person, { name: "search_again", trip_id: trip.id });
  assert.equal((await tripState(sql, trip.id)).expires_in_s, 1800);
  assert.deepEqual(await tasksOf(sql, person.user_id), [{ task: "search", trip_id: trip.id }]);
  await cancelTrip(sql, { trip: trip.id });
  for (const name of ["watch", "search_again"]) {
    assert.equal(await refusal(sql, person, { name, trip_id: trip.id }), "TRIP_CANCELLED");
  }
});
