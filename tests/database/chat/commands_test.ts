import assert from "node:assert/strict";
import { advance, cancelTrip } from "../support/rides.ts";
import { chatRide } from "./support/chat-ride.ts";
import { chatTest } from "./support/chat-test.ts";
import { candidatesOf, dispatchTrip, offersOf, offerTo, statesOf } from "./support/dispatch.ts";
import { commands, isAnswered, newPerson, type Person } from "./support/people.ts";
import { forgetSaid, kindsTo, lastTo, saidTo } from "./support/said.ts";
import { type Command, opens, plain, refusal } from "./support/person-commands.ts";

chatTest("set_locale keeps the language and says so in it", async ({ sql }) => {
  const person = await newPerson(sql);
  assert.deepEqual(await commands(sql, person, { name: "set_locale", locale: "sw" }), {});
  const [row] = await sql`
    select locale, locale_known from mobility.profiles join mobility.conversations using (user_id)`;
  assert.deepEqual(row, { locale: "sw", locale_known: true });
  assert.deepEqual(await kindsTo(sql, person.user_id), ["language_set"]);
});

chatTest("set_vehicle keeps one plate for each type of vehicle", async ({ sql }) => {
  const person = await newPerson(sql);
  const set = (vehicle_type: string, plate: string): Command => ({
    name: "set_vehicle",
    vehicle_type,
    plate,
  });
  await commands(sql, person, set("moto", "RA 123 B"));
  await commands(sql, person, set("cab", "RAB 456 C"));
  await commands(sql, person, set("moto", "RD 789 E"));
  assert.equal(await refusal(sql, person, set("boat", "RA 1")), "INVALID_VEHICLE_TYPE");
  const rows = await sql`select vehicle_type, plate from mobility.vehicles order by 1`;
  assert.deepEqual([...rows], [
    { vehicle_type: "cab", plate: "RAB 456 C" },
    { vehicle_type: "moto", plate: "RD 789 E" },
  ]);
  assert.deepEqual(await kindsTo(sql, person.user_id), []);
});

chatTest("propose binds under the id it was given", async ({ sql }) => {
  const passenger = await newPerson(sql);
  const driver = await newPerson(sql);
  const passenger_trip_id = (await opens(sql, passenger)).trip.id;
  const driver_trip_id = (await opens(sql, driver, { role: "driver" })).trip.id;
  const propose = { name: "propose", passenger_trip_id, driver_trip_id };
  assert.equal(await refusal(sql, await newPerson(sql), propose), "FORBIDDEN");
  await sql`insert into mobility.blocks values (${driver.user_id}, ${passenger.user_id})`;
  assert.equal(await refusal(sql, passenger, propose), "BLOCKED");
  await sql`delete from mobility.blocks`;
  const match_id = crypto.randomUUID();
  const { match } = await commands<{ match: Record<string, unknown> }>(sql, passenger, {
    ...propose,
    match_id,
  });
  assert.deepEqual([match.id, match.status, match.initiated_by], [
    match_id,
    "pending",
    "passenger",
  ]);
  assert.equal(await refusal(sql, passenger, propose), "TRIP_ALREADY_MATCHED");
  await commands(sql, driver, { name: "advance", match_id, action: "decline" });
  const again = await commands<{ match: Record<string, unknown> }>(sql, driver, propose);
  assert.equal(again.match.initiated_by, "driver");
  assert.ok(!("pin" in again.match));
});

chatTest("dispatch asks the first candidate, for the passenger alone", async ({ sql }) => {
  const passenger = await newPerson(sql);
  const drivers = await Promise.all([1, 2].map(async () => {
    const driver = await newPerson(sql);
    return { ...driver, trip_id: (await opens(sql, driver, { role: "driver" })).trip.id };
  }));
  const passenger_trip_id = (await opens(sql, passenger)).trip.id;
  const command = { name: "dispatch", passenger_trip_id, candidates: candidatesOf(drivers) };
  assert.equal(await refusal(sql, await newPerson(sql), command), "FORBIDDEN");
  const { dispatch } = await commands<{ dispatch: Record<string, unknown> }>(
    sql,
    passenger,
    command,
  );
  assert.deepEqual([dispatch.status, dispatch.candidates, dispatch.offered], ["running", 2, 1]);
  assert.deepEqual(await kindsTo(sql, passenger.user_id), ["dispatching"]);
  assert.deepEqual(await statesOf(sql, passenger_trip_id, drivers), ["offered", null]);
});

chatTest(
  "answer_offer declines, accepts under the given id, and comes too late",
  async ({ sql }) => {
    const passenger = await newPerson(sql);
    const passenger_trip_id = (await opens(sql, passenger)).trip.id;
    const drivers = await Promise.all(["a", "b", "c"].map(async (name) => {
      const driver = await newPerson(sql, name);
      return { ...driver, trip_id: (await opens(sql, driver, { role: "driver" })).trip.id };
    }));
    await dispatchTrip(sql, { trip: passenger_trip_id, drivers });
    await forgetSaid(sql);
    const [first, second, third] = drivers;
    assert.ok(first && second && third);
    const answer = async (driver: typeof first, accept: boolean): Promise<Command> => ({
      name: "answer_offer",
      offer_id: (await offerTo(sql, passenger_trip_id, driver)).id,
      accept,
      match_id: crypto.randomUUID(),
    });
    assert.equal(await refusal(sql, second, await answer(first, true)), "FORBIDDEN");
    assert.deepEqual(await commands(sql, first, await answer(first, false)), { declined: true });
    assert.deepEqual(await kindsTo(sql, first.user_id), ["offer_declined"]);
    const accept = await answer(second, true);
    const { match } = await commands<{ match: Record<string, unknown> }>(sql, second, accept);
    assert.deepEqual([match.id, match.status, "pin" in match], [
      accept.match_id,
      "accepted",
      false,
    ]);
    assert.deepEqual(await kindsTo(sql, second.user_id), ["ride_won"]);
    assert.equal(await refusal(sql, third, await answer(third, true)), "OFFER_GONE");
    const states = (await offersOf(sql, passenger_trip_id)).map(({ status }) => status);
    assert.deepEqual(states, ["declined", "accepted", "taken"]);
  },
);

chatTest("advance takes a ride from the proposal to the receipt", async ({ sql }) => {
  const ride = await chatRide(sql, "pending");
  const { passenger, driver, pin } = ride;
  const match_id = ride.match.id;
  const move = (action: string, more = {}): Command => ({
    name: "advance",
    match_id,
    action,
    ...more,
  });
  assert.equal(await refusal(sql, passenger, move("accept")), "FORBIDDEN");
  assert.equal(await refusal(sql, driver, move("arrive")), "MATCH_INVALID_STATE");
  assert.equal(await refusal(sql, await newPerson(sql), move("cancel")), "FORBIDDEN");
  for (
    const [action, more] of [["accept", {}], ["arrive", {}], ["start", { pin }], [
      "complete",
      {},
    ]] as const
  ) {
    const { match } = await commands<{ match: Record<string, unknown> }>(
      sql,
      driver,
      move(action, more),
    );
    assert.ok(!("pin" in match), "the driver is never answered with the PIN");
  }
  assert.deepEqual(await kindsTo(sql, passenger.user_id), [
    "ride_accepted",
    "driver_arrived",
    "ride_started",
    "receipt",
  ]);
  assert.equal(await refusal(sql, driver, move("cancel")), "MATCH_INVALID_STATE");

  const other = await chatRide(sql, "accepted");
  await commands(sql, other.driver, {
    name: "advance",
    match_id: other.match.id,
    action: "cancel",
    reason: "passenger_absent",
  });
  const told = await lastTo(sql, other.passenger.user_id);
  assert.deepEqual([told.kind, told.params.reason], ["cancelled_by_driver", "passenger_absent"]);
});

chatTest("show_ride says again where the ride stands, to whoever asks alone", async ({ sql }) => {
  const shown: [string, "passenger" | "driver", string, string][] = [
    ["pending", "passenger", "asking_driver", "proposal"],
    ["pending", "driver", "proposal_to_passenger", "asking_passenger"],
    ["accepted", "passenger", "ride_accepted", "ride_won"],
    ["driver_arrived", "passenger", "driver_arrived", "ask_pin"],
    ["in_progress", "passenger", "ride_started", "ride_running"],
  ];
  for (const [state, initiated_by, toPassenger, toDriver] of shown) {
    const ride = await chatRide(sql, state, { initiated_by });
    const show = { name: "show_ride", match_id: ride.match.id };
    for (const [side, kind] of [["passenger", toPassenger], ["driver", toDriver]] as const) {
      await forgetSaid(sql);
      await sql`delete from mobility.trip_links`;
      assert.deepEqual(await commands(sql, ride[side], show), {});
      const rows = await sql<{ user_id: string; kind: string }[]>`
        select user_id, kind from mobility.outbox`;
      assert.deepEqual([...rows], [{ user_id: ride[side].user_id, kind }], state);
      const links = await sql<{ user_id: string }[]>`select user_id from mobility.trip_links`;
      assert.deepEqual(
        links.map(({ user_id }) => user_id),
        state === "accepted" ? [ride[side].user_id] : [],
      );
    }
    assert.equal(await refusal(sql, await newPerson(sql), show), "FORBIDDEN");
    await cancelTrip(sql, { trip: ride.match.passenger_trip_id });
    assert.equal(await refusal(sql, ride.driver, show), "MATCH_INVALID_STATE");
  }
  const nobody = { name: "show_ride", match_id: crypto.randomUUID() };
  assert.equal(await refusal(sql, await newPerson(sql), nobody), "MATCH_NOT_FOUND");
});

chatTest("rate is once for each side, and said with the other's name", async ({ sql }) => {
  const ride = await chatRide(sql, "completed");
  const rate = (rating: number): Command => ({ name: "rate", match_id: ride.match.id, rating });
  await commands(sql, ride.passenger, rate(5));
  await commands(sql, ride.driver, rate(2));
  assert.deepEqual(plain(await saidTo(sql, ride.passenger.user_id)), [
    ["rated", { match_id: ride.match.id, rating: 5, other_name: "Eric" }],
  ]);
  assert.deepEqual(plain(await saidTo(sql, ride.driver.user_id)), [
    ["rated", { match_id: ride.match.id, rating: 2, other_name: "Aline" }],
  ]);
  assert.equal(await refusal(sql, ride.driver, rate(3)), "ALREADY_RATED");
  const running = await chatRide(sql, "in_progress");
  assert.equal(
    await refusal(sql, running.driver, { name: "rate", match_id: running.match.id, rating: 1 }),
    "MATCH_INVALID_STATE",
  );
});

chatTest("today counts from midnight in the service area", async ({ sql }) => {
  const ride = await chatRide(sql, "completed");
  await commands(sql, ride.passenger, { name: "rate", match_id: ride.match.id, rating: 4 });
  await forgetSaid(sql);
  const today = async (person: Person): Promise<unknown> => {
    await commands(sql, person, { name: "today" });
    return (await lastTo(sql, person.user_id)).params;
  };
  assert.deepEqual(await today(ride.driver), {
    rides: 1,
    earnings: ride.match.fare_amount,
    currency: "RWF",
    rating: 4,
    rating_count: 1,
    rides_as_passenger: 0,
  });
  const nothing = { rides: 0, earnings: 0, rating_count: 0 };
  assert.deepEqual(await today(ride.passenger), { ...nothing, rides_as_passenger: 1 });
  // The minute before midnight in Kigali was yesterday.
  await sql`
    update mobility.matches set completed_at =
      date_trunc('day', now() at time zone 'Africa/Kigali') at time zone 'Africa/Kigali' - interval '1 minute'`;
  assert.deepEqual(await today(ride.driver), {
    ...nothing,
    rating: 4,
    rating_count: 1,
    rides_as_passenger: 0,
  });
});

chatTest("relay carries a text to the other side of a ride under way", async ({ sql }) => {
  const ride = await chatRide(sql, "driver_arrived");
  const relay = { name: "relay", match_id: ride.match.id, text: "I am at the gate" };
  await commands(sql, ride.passenger, relay);
  assert.deepEqual(plain(await saidTo(sql, ride.driver.user_id)), [
    ["relayed", { from_role: "passenger", name: "Aline", text: "I am at the gate" }],
  ]);
  assert.deepEqual(await kindsTo(sql, ride.passenger.user_id), []);
  await commands(sql, ride.driver, { ...relay, text: "x".repeat(2000) });
  const { params } = await lastTo(sql, ride.passenger.user_id);
  assert.deepEqual([params.from_role, params.name, String(params.text).length], [
    "driver",
    "Eric",
    900,
  ]);
  assert.equal(await refusal(sql, await newPerson(sql), relay), "FORBIDDEN");
  await cancelTrip(sql, { trip: ride.match.passenger_trip_id });
  assert.equal(await refusal(sql, ride.passenger, relay), "MATCH_INVALID_STATE");
});

chatTest("share_trip gives a guest's link to the ride under way", async ({ sql }) => {
  const ride = await chatRide(sql, "accepted");
  const share = { name: "share_trip", match_id: ride.match.id };
  await sql`delete from mobility.trip_links`;
  await commands(sql, ride.passenger, share);
  const { kind, params } = await lastTo(sql, ride.passenger.user_id);
  assert.equal(kind, "share_trip");
  const links = await sql`
    select viewer, user_id, token_hash = sha256(convert_to(${
    String(params.link_token)
  }, 'UTF8')) as its
    from mobility.trip_links`;
  assert.deepEqual([...links], [
    { viewer: "guest", user_id: ride.passenger.user_id, its: true },
  ]);
  await cancelTrip(sql, { trip: ride.match.passenger_trip_id });
  assert.equal(await refusal(sql, ride.passenger, share), "MATCH_INVALID_STATE");
});

chatTest("no command is called otherwise", async ({ sql }) => {
  const person = await newPerson(sql);
  for (const name of ["list_passengers", "", null]) {
    assert.equal(await refusal(sql, person, { name }), "VALIDATION_ERROR");
  }
  assert.deepEqual(await isAnswered(sql, person, { command: null }), { done: true, result: null });
});

chatTest("a command acts for nobody but the person who wrote", async ({ sql }) => {
  const ride = await chatRide(sql, "accepted");
  const stranger = await newPerson(sql);
  for (
    const command of [
      { name: "advance", action: "arrive" },
      { name: "advance", action: "cancel", as: "driver" },
      { name: "rate", rating: 1 },
      { name: "block" },
      { name: "sos" },
      { name: "share_trip" },
      { name: "show_ride" },
      { name: "relay", text: "hello" },
    ]
  ) {
    const whole = { ...command, match_id: ride.match.id };
    assert.equal(await refusal(sql, stranger, whole), "FORBIDDEN", command.name);
  }
  await advance(sql, { match: ride.match.id, action: "arrive" });
});
