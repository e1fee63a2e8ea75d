import assert from "node:assert/strict";
import { asRole, databaseTest, type TestDatabase } from "../support/database.ts";
import { codeOf } from "./support/outcome.ts";
import { cancelTrip, type Match, openTrip, rate, rideIn } from "./support/rides.ts";

/** Who a row of each personal table belongs to, as a condition on it; the driver's PIN is nobody's. */
const OWNED = {
  profiles: "user_id = $1",
  vehicles: "user_id = $1",
  user_metrics: "user_id = $1",
  trips: "user_id = $1",
  live_positions: "user_id = $1",
  matches: "$1 in (driver_user_id, passenger_user_id)",
  match_events:
    "match_id in (select id from mobility.matches where $1 in (driver_user_id, passenger_user_id))",
  match_pins: "passenger_user_id = $1",
  ratings: "rater_user_id = $1",
  blocks: "user_id = $1",
  trusted_contacts: "user_id = $1",
  sos_alerts: "user_id = $1",
  dispatches: "passenger_trip_id in (select id from mobility.trips where user_id = $1)",
  offers: "driver_user_id = $1",
  operators: "user_id = $1",
  ride_points:
    "match_id in (select id from mobility.matches where $1 in (driver_user_id, passenger_user_id))",
};
const PUBLIC = [
  "areas",
  "places",
  "vehicle_types",
  "tariffs",
  "tariff_peaks",
  "match_transitions",
  "pace_factors",
];

/** What else a ride may leave behind: a block, a trusted contact, a call for help, an offer. */
async function addTraces(sql: TestDatabase["sql"], ride: Match): Promise<void> {
  const { driver_user_id: driver, passenger_user_id: passenger } = ride;
  await sql`insert into mobility.operators values (${driver}, 'Day shift'), (${passenger}, 'Night shift')`;
  await sql`insert into mobility.ride_points values (${ride.id}, now(), -1.95, 30.06)`;
  await sql`insert into mobility.blocks values (${passenger}, ${driver}), (${driver}, ${passenger})`;
  await sql`
    insert into mobility.trusted_contacts (user_id, contact_user_id)
    values (${passenger}, ${driver}), (${driver}, ${passenger})`;
  await sql`
    insert into mobility.sos_alerts (match_id, user_id, side)
    values (${ride.id}, ${passenger}, 'passenger'), (${ride.id}, ${driver}, 'driver')`;
  await sql`
    with dispatch as (
      insert into mobility.dispatches (passenger_trip_id, status, candidates, batch_size, offer_s)
      values (${ride.passenger_trip_id}, 'taken', '[]', 1, 30) returning id
    )
    insert into mobility.offers (dispatch_id, passenger_trip_id, driver_trip_id, driver_user_id, status,
      distance_m, eta_s, expires_at)
    select id, ${ride.passenger_trip_id}, ${ride.driver_trip_id}, ${driver}, 'accepted', 100, 60, now()
    from dispatch`;
}

/** Two rides of four people: one completed and rated, one under way, and a vehicle for each driver. */
async function twoRides({ sql }: TestDatabase): Promise<[Match, Match]> {
  const done = await rideIn(sql, "completed");
  await rate(sql, { match: done.id, rating: 5, as: "driver" });
  await rate(sql, { match: done.id, rating: 4, as: "passenger" });
  const under = await rideIn(sql, "driver_arrived");
  for (const { driver_user_id: user_id } of [done, under]) {
    await sql`insert into mobility.vehicles values (${user_id}, 'moto', 'RA 123 B')`;
  }
  for (const ride of [done, under]) await addTraces(sql, ride);
  return [done, under];
}

databaseTest(
  "row-level security shows everybody their own rows and no others",
  async (database) => {
    const { sql } = database;
    const rides = await twoRides(database);
    for (const ride of rides) {
      for (const sub of [ride.driver_user_id, ride.passenger_user_id]) {
        for (const [table, owned] of Object.entries(OWNED)) {
          const all = await sql.unsafe<{ row: string }[]>(
            `select x::text as row from mobility.${table} x where ${owned} order by 1`,
            [sub],
          );
          const seen = await asRole(
            sql,
            { role: "authenticated", sub },
            (as) =>
              as.unsafe<{ row: string }[]>(
                `select x::text as row from mobility.${table} x order by 1`,
              ),
          );
          assert.deepEqual([...seen], [...all], `${table} as ${sub}`);
        }
      }
    }
    // A table that nobody has a row in would prove nothing.
    for (const table of Object.keys(OWNED)) {
      const [row] = await sql.unsafe<{ count: number }[]>(
        `select count(*)::int from mobility.${table}`,
      );
      assert.ok((row?.count ?? 0) >= 2, `${table} has rows of different people`);
    }
  },
);

databaseTest("every table of mobility is in this test, or closed to everybody", async ({ sql }) => {
  const rows = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'mobility'::regnamespace and relkind in ('r', 'p')
      and has_table_privilege('authenticated', oid, 'select') order by 1`;
  assert.deepEqual(rows.map(({ name }) => name), [...Object.keys(OWNED), ...PUBLIC].sort());
});

databaseTest(
  "a driver cannot read the passenger's PIN, not even of the own ride",
  async (database) => {
    const { sql } = database;
    const [, { id, driver_user_id, passenger_user_id }] = await twoRides(database);
    const pins = (sub: string): Promise<number> =>
      asRole(
        sql,
        { role: "authenticated", sub },
        async (as) => (await as`select pin from mobility.match_pins where match_id = ${id}`).length,
      );
    assert.deepEqual([await pins(driver_user_id), await pins(passenger_user_id)], [0, 1]);

    const [shown] = await sql`
    select public.get_match(${driver_user_id}, ${id}) -> 'match' ? 'pin' as driver,
      public.get_match(${passenger_user_id}, ${id}) -> 'match' ? 'pin' as passenger,
      public.get_match(null, ${id}) -> 'match' ? 'pin' as service`;
    assert.deepEqual(shown, { driver: false, passenger: true, service: true });
    const [trip] = await sql<{ text: string }[]>`
    select public.get_trip(${driver_user_id}, m.driver_trip_id)::text
        || public.get_trip(${driver_user_id}, m.passenger_trip_id)::text as text
    from mobility.matches m where id = ${id}`;
    assert.ok(trip?.text.includes(id) && !trip.text.includes('"pin"'));
  },
);

databaseTest("a driver who acts is never answered with the PIN", async ({ sql }) => {
  const { driver_user_id, ...match } = await rideIn(sql, "pending");
  const [accepted] = await sql<{ text: string }[]>`
    select public.advance_match(${driver_user_id}, ${match.id}, 'accept')::text as text`;
  assert.ok(accepted?.text.includes('"accepted"') && !accepted.text.includes('"pin"'));
});

databaseTest("what everybody may know, everybody signed in can read", async ({ sql }) => {
  for (const table of PUBLIC) {
    const [all] = await sql.unsafe(`select count(*)::int from mobility.${table}`);
    const [seen] = await asRole(
      sql,
      { role: "authenticated", sub: crypto.randomUUID() },
      (as) => as.unsafe(`select count(*)::int from mobility.${table}`),
    );
    assert.deepEqual(seen, all, table);
  }
});

databaseTest(
  "service_role reads every granted table whole, and no idempotency key",
  async (database) => {
    const { sql } = database;
    await twoRides(database);
    for (const table of [...Object.keys(OWNED), ...PUBLIC]) {
      const [all] = await sql.unsafe(`select count(*)::int from mobility.${table}`);
      const [seen] = await asRole(
        sql,
        { role: "service_role" },
        (as) => as.unsafe(`select count(*)::int from mobility.${table}`),
      );
      assert.deepEqual(seen, all, table);
    }
    await assert.rejects(
      asRole(sql, { role: "service_role" }, (as) => as`select from mobility.idempotency_keys`),
      { code: "42501" },
    );
  },
);

databaseTest("service_role takes a ride through the whole API", async ({ sql }) => {
  await asRole(sql, { role: "service_role" }, async (as) => {
    const match = await rideIn(as, "completed");
    await rate(as, { match: match.id, rating: 5, as: "passenger" });
    await cancelTrip(as, { trip: (await openTrip(as, "passenger")).id });
    const { id } = await openTrip(as, "passenger");
    const [answers] = await as`
      select public.get_match(null, ${match.id}) -> 'match' ->> 'status' as match,
        public.get_trip(null, ${match.driver_trip_id}) -> 'trip' ->> 'status' as trip,
        jsonb_typeof(public.sweep()) as sweep, jsonb_typeof(public.ping()) as ping,
        jsonb_array_length(public.update_positions(null, '[]')) as updated,
        json_array_length(public.find_counterparts(
          p_acting_user => null, p_trip_id => ${id}, p_role => 'driver', p_limit => 5) -> 'found') as found,
        json_array_length(public.find_nearby(p_role => 'driver', p_vehicle_type => 'moto',
          p_lat => 50, p_lng => 50, p_limit => 5) -> 'found') as nearby`;
    assert.deepEqual(answers, {
      match: "completed",
      trip: "completed",
      sweep: "object",
      ping: "object",
      updated: 0,
      found: 0,
      nearby: 0,
    });
  });
});

databaseTest("get_trip() and get_match() answer those concerned alone", async ({ sql }) => {
  const match = await rideIn(sql, "accepted");
  const stranger = crypto.randomUUID();
  const read = (rpc: string, user: string, id: string): Promise<string> =>
    codeOf(sql`select ${sql(rpc)}(${user}, ${id})`);
  for (const side of ["driver", "passenger"] as const) {
    const other = side === "driver" ? "passenger" : "driver";
    assert.equal(await read("get_trip", match[`${side}_user_id`], match[`${side}_trip_id`]), "ok");
    // The counterpart, while the match binds them.
    assert.equal(await read("get_trip", match[`${other}_user_id`], match[`${side}_trip_id`]), "ok");
    assert.equal(await read("get_match", match[`${side}_user_id`], match.id), "ok");
    assert.equal(await read("get_trip", stranger, match[`${side}_trip_id`]), "FORBIDDEN");
  }
  assert.equal(await read("get_match", stranger, match.id), "FORBIDDEN");
  assert.equal(await read("get_match", stranger, stranger), "MATCH_NOT_FOUND");
  assert.equal(await read("get_trip", stranger, stranger), "TRIP_NOT_FOUND");

  const over = await rideIn(sql, "completed");
  assert.equal(await read("get_trip", over.driver_user_id, over.passenger_trip_id), "FORBIDDEN");
});
