import assert from "node:assert/strict";
import {
  advance,
  cancelTrip,
  type Connection,
  openTrip,
  propose,
  type Side,
  sweep,
} from "../support/rides.ts";
import { tripState } from "../support/trip-state.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { type ChatRide, chatRide, DROPOFF } from "./support/chat-ride.ts";
import { chatTest } from "./support/chat-test.ts";
import { newPerson, type Person, tasksOf } from "./support/people.ts";
import { forgetSaid, kindsTo, lastTo, saidTo } from "./support/said.ts";
import { sendAll } from "./support/worker.ts";

/** Something that happens to a ride, and what each side is told of it. */
interface Told {
  readonly name: string;
  readonly from: string;
  readonly by?: Side;
  readonly happens: (sql: Connection, ride: ChatRide) => Promise<unknown>;
  readonly passenger: string[];
  readonly driver: string[];
  /** Whether the passenger's search starts again. */
  readonly searches?: boolean;
}

const move = (action: string, as: Side) => (sql: Connection, { match, pin }: ChatRide) =>
  advance(sql, { match: match.id, action, as, pin });

const lapse = (seconds: number) => async (sql: Connection): Promise<void> => {
  await letChatTimePass(sql, seconds);
  await sweep(sql);
};

const cancelOf = (side: Side) => (sql: Connection, { match }: ChatRide) =>
  cancelTrip(sql, { trip: match[`${side}_trip_id`] });

const LATER_STATES = ["accepted", "driver_arrived", "in_progress"];

const TOLD: Told[] = [
  {
    name: "accept, proposed by the passenger",
    from: "pending",
    happens: move("accept", "driver"),
    passenger: ["ride_accepted"],
    driver: ["ride_won"],
  },
  {
    name: "accept, proposed by the driver",
    from: "pending",
    by: "driver",
    happens: move("accept", "passenger"),
    passenger: ["ride_accepted"],
    driver: ["ride_won"],
  },
  {
    name: "decline by the driver",
    from: "pending",
    happens: move("decline", "driver"),
    passenger: ["driver_declined"],
    driver: ["offer_declined"],
  },
  {
    name: "decline by the passenger",
    from: "pending",
    by: "driver",
    happens: move("decline", "passenger"),
    passenger: ["offer_declined"],
    driver: ["passenger_declined"],
  },
  {
    name: "no answer of the driver",
    from: "pending",
    happens: lapse(61),
    passenger: ["driver_silent"],
    driver: ["offer_gone"],
  },
  {
    name: "no answer of the passenger",
    from: "pending",
    by: "driver",
    happens: lapse(61),
    passenger: ["offer_gone"],
    driver: ["passenger_silent"],
  },
  {
    name: "cancel by the passenger who asked",
    from: "pending",
    happens: move("cancel", "passenger"),
    passenger: ["ride_cancelled"],
    driver: ["offer_gone"],
  },
  {
    name: "cancel by the driver who asked",
    from: "pending",
    by: "driver",
    happens: move("cancel", "driver"),
    passenger: ["offer_gone"],
    driver: ["ride_cancelled"],
  },
  {
    name: "cancel by the driver who was asked",
    from: "pending",
    happens: move("cancel", "driver"),
    passenger: ["cancelled_by_driver"],
    driver: ["ride_cancelled"],
    searches: true,
  },
  {
    name: "cancel by the passenger who was asked",
    from: "pending",
    by: "driver",
    happens: move("cancel", "passenger"),
    passenger: ["ride_cancelled"],
    driver: ["cancelled_by_passenger"],
  },
  {
    name: "arrive",
    from: "accepted",
    happens: move("arrive", "driver"),
    passenger: ["driver_arrived"],
    driver: ["ask_pin"],
  },
  {
    name: "start",
    from: "driver_arrived",
    happens: move("start", "driver"),
    passenger: ["ride_started"],
    driver: ["ride_running"],
  },
  {
    name: "complete",
    from: "in_progress",
    happens: move("complete", "driver"),
    passenger: ["receipt"],
    driver: ["ride_done"],
  },
  ...LATER_STATES.flatMap((from): Told[] => [
    {
      name: "cancel by the driver",
      from,
      happens: move("cancel", "driver"),
      passenger: ["cancelled_by_driver"],
      driver: ["ride_cancelled"],
      searches: true,
    },
    {
      name: "cancel by the passenger",
      from,
      happens: move("cancel", "passenger"),
      passenger: ["ride_cancelled"],
      driver: ["cancelled_by_passenger"],
    },
    {
      name: "the driver's trip is cancelled",
      from,
      happens: cancelOf("driver"),
      passenger: ["cancelled_by_driver"],
      driver: ["ride_cancelled"],
      searches: true,
    },
    {
      name: "the passenger's trip is cancelled",
      from,
      happens: cancelOf("passenger"),
      passenger: ["ride_cancelled"],
      driver: ["cancelled_by_passenger"],
    },
    {
      name: "nobody does anything any more",
      from,
      happens: lapse(from === "in_progress" ? 12 * 3600 + 1 : 2 * 3600 + 1),
      passenger: ["ride_lapsed"],
      driver: ["ride_lapsed"],
    },
  ]),
];

for (const { name, from, by = "passenger", happens, passenger, driver, searches = false } of TOLD) {
  chatTest(`tell_match(): ${from}: ${name}`, async ({ sql }) => {
    const ride = await chatRide(sql, from, { initiated_by: by });
    // What was asked has been seen.
    if (from === "pending") {
      await sql`
      insert into mobility.outbox (user_id, kind, params, subject, status)
      select ${by === "driver" ? ride.passenger.user_id : ride.driver.user_id}, 'welcome', '{}',
        ${ride.match.id}, 'sent'`;
    }
    const count = async (person: Person): Promise<number> =>
      (await kindsTo(sql, person.user_id)).length;
    const before = [await count(ride.passenger), await count(ride.driver)];
    await happens(sql, ride);
    const said = async (person: Person, skip = 0): Promise<string[]> =>
      (await kindsTo(sql, person.user_id)).slice(skip);
    assert.deepEqual(await said(ride.passenger, before[0]), passenger);
    assert.deepEqual(await said(ride.driver, before[1]), driver);
    const tasks = await tasksOf(sql, ride.passenger.user_id);
    assert.deepEqual(
      tasks,
      searches ? [{ task: "search", trip_id: ride.match.passenger_trip_id }] : [],
    );
    assert.deepEqual(await tasksOf(sql, ride.driver.user_id), []);
    await sweep(sql);
  });
}

for (const by of ["passenger", "driver"] as const) {
  chatTest(`accept_match() by the ${by} asks the other side`, async ({ sql }) => {
    const passenger = await newPerson(sql, "Aline");
    const driver = await newPerson(sql, "Eric");
    const trips = {
      passenger: (await openTrip(sql, "passenger", {
        user_id: passenger.user_id,
        dropoff: DROPOFF,
      })).id,
      driver: (await openTrip(sql, "driver", { user_id: driver.user_id, lat: -1.955 })).id,
    };
    const match = await propose(sql, { ...trips, initiated_by: by, respond_within_s: 45 });
    const asked = await lastTo(sql, by === "passenger" ? driver.user_id : passenger.user_id);
    assert.equal(asked.kind, by === "passenger" ? "proposal" : "proposal_to_passenger");
    assert.equal(asked.subject, match.id);
    assert.equal(asked.params.respond_s, 45);
    // 556 m as the crow flies; the road is 1.3 times as long, and a moto does 6.9 m a second.
    assert.deepEqual([asked.params.distance_m, asked.params.eta_s], [723, 105]);
    assert.equal(asked.params.fare_amount, match.fare_amount);
    const waiting = await lastTo(sql, by === "passenger" ? passenger.user_id : driver.user_id);
    assert.deepEqual(
      [waiting.kind, waiting.params.driver_name ?? waiting.params.passenger_name],
      by === "passenger" ? ["asking_driver", "Eric"] : ["asking_passenger", "Aline"],
    );
    const [row] = await sql`
      select extract(epoch from valid_until - now())::int as s from mobility.outbox
      where id = ${asked.id}`;
    assert.equal(row?.s, 45, "nobody is asked when there is no time left to answer");
  });

  chatTest(`what the ${by} asked is not sent when it is over before`, async ({ sql }) => {
    const other = (ride: ChatRide): string =>
      by === "passenger" ? ride.driver.user_id : ride.passenger.user_id;
    const asked = by === "passenger" ? "driver" : "passenger";
    const over: [string, (sql: Connection, ride: ChatRide) => Promise<unknown>, string[]][] = [
      ["accepted", move("accept", asked), [by === "passenger" ? "ride_won" : "ride_accepted"]],
      ["declined", move("decline", asked), ["offer_declined"]],
      ["cancelled", move("cancel", by), []],
      ["expired", lapse(61), []],
    ];
    for (const [name, happens, then] of over) {
      const ride = await chatRide(sql, "pending", { initiated_by: by });
      const [proposal] = await sql<{ id: string }[]>`
        select mobility.say(${other(ride)}, 'welcome', '{}', ${ride.match.id}) as id`;
      await happens(sql, ride);
      const said = await saidTo(sql, other(ride));
      assert.equal(said[0]?.id, proposal?.id);
      assert.deepEqual(said.map(({ status }) => status), [
        "withdrawn",
        ...then.map(() => "queued"),
      ]);
      assert.deepEqual(said.slice(1).map(({ kind }) => kind), then, name);
      await forgetSaid(sql);
    }
  });
}

chatTest("the messages of a ride carry what each side needs, and no more", async ({ sql }) => {
  const ride = await chatRide(sql, "pending");
  const { match, pin } = ride;
  const step = async (action: string) => {
    await advance(sql, { match: match.id, action, pin });
    return {
      passenger: (await lastTo(sql, ride.passenger.user_id)).params,
      driver: (await lastTo(sql, ride.driver.user_id)).params,
    };
  };
  const accepted = await step("accept");
  assert.deepEqual({ ...accepted.passenger, link_token: "" }, {
    match_id: match.id,
    driver_name: "Eric",
    vehicle_type: "moto",
    plate: "RA 123 B",
    rating_count: 0,
    distance_m: 0,
    eta_s: 0,
    fare_amount: match.fare_amount,
    currency: "RWF",
    pin,
    link_token: "",
  });
  assert.deepEqual({ ...accepted.driver, link_token: "" }, {
    match_id: match.id,
    passenger_name: "Aline",
    pickup: { lat: -1.95, lng: 30.06 },
    dropoff: DROPOFF,
    fare_amount: match.fare_amount,
    currency: "RWF",
    link_token: "",
  });
  const arrived = await step("arrive");
  assert.deepEqual(arrived, {
    passenger: { match_id: match.id, driver_name: "Eric", plate: "RA 123 B", pin },
    driver: { match_id: match.id },
  });
  const started = await step("start");
  assert.deepEqual(started.driver, { match_id: match.id, dropoff: DROPOFF });
  await letChatTimePass(sql, 600);
  const done = await step("complete");
  const { completed_at, ...receipt } = done.passenger;
  assert.equal(typeof completed_at, "string");
  assert.deepEqual({ ...receipt, time_zone: "" }, {
    match_id: match.id,
    driver_name: "Eric",
    fare_amount: match.fare_amount,
    currency: "RWF",
    distance_m: match.distance_m,
    duration_s: 600,
    time_zone: "",
  });
  assert.deepEqual(
    [done.driver.passenger_name, done.driver.rides_today, done.driver.earnings_today],
    ["Aline", 1, match.fare_amount],
  );
  const leaked = (await saidTo(sql, ride.driver.user_id)).filter(({ params }) => "pin" in params);
  assert.deepEqual(leaked, []);
});

chatTest("a link to a ride is known by its hash alone", async ({ sql }) => {
  const ride = await chatRide(sql, "pending");
  await advance(sql, { match: ride.match.id, action: "accept" });
  for (
    const [viewer, person] of [["passenger", ride.passenger], ["driver", ride.driver]] as const
  ) {
    const { link_token: token } = (await lastTo(sql, person.user_id)).params;
    assert.match(String(token), /^[0-9a-f]{32}$/);
    const links = await sql`
      select match_id, viewer, user_id, expires_at > now() + interval '23 hours' as lasts
      from mobility.trip_links where token_hash = sha256(convert_to(${String(token)}, 'UTF8'))`;
    assert.deepEqual([...links], [
      { match_id: ride.match.id, viewer, user_id: person.user_id, lasts: true },
    ]);
    const tables = await sql<{ name: string }[]>`
      select oid::regclass::text as name from pg_class
      where relnamespace = 'mobility'::regnamespace and relkind = 'r' and relname <> 'outbox'`;
    for (const { name } of tables) {
      const found = await sql.unsafe(`select from ${name} t where t::text like '%' || $1 || '%'`, [
        String(token),
      ]);
      assert.equal(found.length, 0, name);
    }
  }
  const [links] = await sql`select count(*)::int as links from mobility.trip_links`;
  assert.equal(links?.links, 2);
});

chatTest("nobody without WhatsApp is told, nor is a link made for them", async ({ sql }) => {
  const driver = await newPerson(sql);
  const match = await propose(sql, {
    passenger: (await openTrip(sql, "passenger")).id,
    driver: (await openTrip(sql, "driver", { user_id: driver.user_id })).id,
  });
  await advance(sql, { match: match.id, action: "accept" });
  assert.deepEqual(await kindsTo(sql, match.passenger_user_id), []);
  assert.deepEqual(await kindsTo(sql, driver.user_id), ["proposal", "ride_won"]);
  const links = await sql<{ viewer: string }[]>`select viewer from mobility.trip_links`;
  assert.deepEqual(links.map(({ viewer }) => viewer), ["driver"]);
});

chatTest("sweep() tells whose trip expired, and nobody else", async ({ sql }) => {
  const people = [await newPerson(sql), await newPerson(sql), await newPerson(sql)];
  const [passenger, driver, booking] = people;
  assert.ok(passenger && driver && booking);
  const scheduled_for = new Date(Date.now() + 60_000).toISOString();
  const trips = [
    await openTrip(sql, "passenger", { user_id: passenger.user_id, expires_in_s: 60 }),
    await openTrip(sql, "driver", { user_id: driver.user_id, expires_in_s: 60 }),
    await openTrip(sql, "passenger", { user_id: booking.user_id, scheduled_for, expires_in_s: 1 }),
  ];
  // Replaced by another, it is over too, but the person knows.
  await openTrip(sql, "passenger", { user_id: passenger.user_id, expires_in_s: 60 });
  await letChatTimePass(sql, 62);
  await sweep(sql);
  for (const [i, { user_id }] of people.entries()) {
    const said = await saidTo(sql, user_id);
    assert.deepEqual(said.map(({ kind }) => kind), ["trip_expired"]);
    assert.equal(said[0]?.params.role, trips[i]?.role);
  }
});

chatTest("a driver in chat is online again where the ride ended", async ({ sql }) => {
  const online = async (driver: Person): Promise<unknown> => {
    const rows = await sql`
      select t.status, l.lat, l.lng, l.available, extract(epoch from t.expires_at - now())::int as s
      from mobility.trips t join mobility.live_positions l on l.trip_id = t.id
      where t.user_id = ${driver.user_id} and t.role = 'driver'`;
    return rows.map(({ s, ...row }) => ({ ...row, hour: Math.round(Number(s) / 360) / 10 }));
  };
  const complete = async (ride: ChatRide): Promise<void> => {
    await letChatTimePass(sql, 300);
    await advance(sql, { match: ride.match.id, action: "complete" });
    assert.equal((await tripState(sql, ride.match.driver_trip_id)).status, "completed");
  };
  // Nothing was heard of the driver during the ride: at the dropoff.
  const silent = await chatRide(sql, "in_progress");
  await complete(silent);
  assert.deepEqual(await online(silent.driver), [
    { status: "open", ...DROPOFF, available: true, hour: 1 },
  ]);
  assert.equal((await lastTo(sql, silent.driver.user_id)).params.online, true);

  // Where the last position was.
  const tracked = await chatRide(sql, "in_progress");
  const points = [{ trip_id: tracked.match.driver_trip_id, lat: -1.97, lng: 30.09 }];
  await letChatTimePass(sql, 120);
  await sql`select public.update_positions(null, ${JSON.stringify(points)}::text::jsonb)`;
  await complete(tracked);
  assert.deepEqual(await online(tracked.driver), [
    { status: "open", lat: -1.97, lng: 30.09, available: true, hour: 1 },
  ]);

  // With neither, where the driver was last seen.
  const wandering = await chatRide(sql, "in_progress", { dropoff: false });
  await complete(wandering);
  assert.deepEqual(await online(wandering.driver), [
    { status: "open", lat: -1.95, lng: 30.06, available: true, hour: 1 },
  ]);
  // For as long as the driver said before, when that is longer.
  const long = await chatRide(sql, "in_progress");
  const until = `${4 * 3600 + 300} seconds`;
  await sql`
    with t as (update mobility.trips set expires_at = now() + ${until}::interval
      where id = ${long.match.driver_trip_id})
    update mobility.live_positions set expires_at = now() + ${until}::interval
    where trip_id = ${long.match.driver_trip_id}`;
  await complete(long);
  assert.deepEqual(await online(long.driver), [
    { status: "open", ...DROPOFF, available: true, hour: 4 },
  ]);
});

chatTest("a driver who is not in chat is not online again by itself", async ({ sql }) => {
  const absent = await chatRide(sql, "in_progress");
  await sql`
    update mobility.conversations set last_inbound_at = now() - interval '25 hours'
    where user_id = ${absent.driver.user_id}`;
  await advance(sql, { match: absent.match.id, action: "complete" });
  const never = await propose(sql, {
    passenger: (await openTrip(sql, "passenger")).id,
    driver: (await openTrip(sql, "driver")).id,
  });
  for (const action of ["accept", "arrive", "start", "complete"]) {
    await advance(sql, { match: never.id, action, pin: never.pin ?? "" });
  }
  const rows = await sql`
    select from mobility.trips where role = 'driver' and status in ('open', 'matched')`;
  assert.equal(rows.length, 0);
  assert.equal((await lastTo(sql, absent.driver.user_id)).params.online, false);
});

chatTest("a whole ride says each thing once, in order", async ({ sql }) => {
  const ride = await chatRide(sql, "pending");
  for (const action of ["accept", "arrive", "start", "complete"]) {
    await advance(sql, { match: ride.match.id, action, pin: ride.pin });
  }
  const sent = await sendAll(sql);
  const to = (person: Person): string[] =>
    sent.filter((one) => one.to.phone === person.phone).map(({ kind }) => kind);
  assert.deepEqual(to(ride.passenger), [
    "ride_accepted",
    "driver_arrived",
    "ride_started",
    "receipt",
  ]);
  assert.deepEqual(to(ride.driver), ["ride_won", "ask_pin", "ride_running", "ride_done"]);
});
