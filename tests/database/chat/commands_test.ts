import assert from "node:assert/strict";
import { outcomeOf } from "../support/outcome.ts";
import { advance, cancelTrip, type Connection, type Trip } from "../support/rides.ts";
import { tripState } from "../support/trip-state.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRide, DROPOFF } from "./support/chat-ride.ts";
import { chatTest } from "./support/chat-test.ts";
import { candidatesOf, dispatchTrip, offersOf, offerTo, statesOf } from "./support/dispatch.ts";
import { commands, isAnswered, newPerson, type Person, tasksOf } from "./support/people.ts";
import { forgetSaid, kindsTo, lastTo, saidTo } from "./support/said.ts";

type Command = Parameters<typeof commands>[2];

const PICKUP = { lat: -1.95, lng: 30.06 };
const OPEN = {
  name: "open_trip",
  role: "passenger",
  vehicle_type: "moto",
  pickup: PICKUP,
  expires_in_s: 1800,
};

/** The code a command of a person is refused with, and that it left no word and no task behind. */
async function refusal(sql: Connection, person: Person, command: Command): Promise<string> {
  const before = [await kindsTo(sql, person.user_id), await tasksOf(sql, person.user_id)];
  const { code } = await outcomeOf(commands(sql, person, command));
  assert.deepEqual(
    [await kindsTo(sql, person.user_id), await tasksOf(sql, person.user_id)],
    before,
  );
  await sql`update mobility.inbox set done_at = now() where done_at is null`;
  return code;
}

async function opens(
  sql: Connection,
  person: Person,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<{ trip: Trip; replaced_trip_id: string | null }> {
  return await commands(sql, person, { ...OPEN, ...changes });
}

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

function plain(said: readonly { kind: string; params: unknown }[]): [string, unknown][] {
  return said.map(({ kind, params }) => [kind, params]);
}

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

chatTest("dispatch asks the candidates, for the passenger alone", async ({ sql }) => {
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
  assert.deepEqual([dispatch.status, dispatch.candidates, dispatch.offered], ["running", 2, 2]);
  assert.deepEqual(await kindsTo(sql, passenger.user_id), ["dispatching"]);
  assert.deepEqual(await statesOf(sql, passenger_trip_id, drivers), ["offered", "offered"]);
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
