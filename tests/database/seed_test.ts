import assert from "node:assert/strict";
import { breaches } from "../../scripts/invariants/breaches.ts";
import { fingerprintTables } from "../../scripts/postgres/fingerprint-tables.ts";
import { migrate } from "../../scripts/postgres/migrate.ts";
import { createDatabase, hasDatabase, type TestDatabase } from "../support/database.ts";

/** A test on a seeded database of its own; ignored without PostgreSQL. */
function seedTest(name: string, test: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase({ seed: true });
      await test(database);
    },
  });
}

seedTest("seed.sql gives Kigali its areas, tariffs, places and drivers online", async ({ sql }) => {
  const [found] = await sql`
    select
      (mobility.area_at(-1.9441, 30.0619)).code as centre,
      (mobility.area_at(-2.5967, 29.7394)).code as huye,
      mobility.looks_exchanged(30.0619, -1.9441) as exchanged,
      mobility.is_plausible(40.7484, -73.9857) as new_york,
      (select count(*)::int from mobility.places) as places,
      (select count(*)::int from mobility.places p where (mobility.area_at(p.lat, p.lng)).code <> 'kigali') as astray,
      (mobility.fare_for('moto', -1.95, 30.06, 1500, 300, now())).fare_amount as short_moto,
      (mobility.fare_for('moto', -1.95, 30.06, 10000, 900, now())).fare_amount as moto,
      (mobility.fare_for('moto', -1.95, 30.06, 50000, 5000, now())).fare_amount as long_moto,
      (mobility.fare_for('cab', 40.7, -74, 5000, 900, now())).fare_amount as abroad,
      (select count(*)::int from mobility.vehicle_types v
       where not exists (select from mobility.tariffs t where t.vehicle_type = v.code and t.area_code is null)) as unpriced,
      (select count(*)::int from mobility.live_positions where role = 'driver' and available) as online,
      (select count(distinct user_id)::int from mobility.trips where role = 'driver' and status = 'open') as drivers`;
  assert.deepEqual(found, {
    centre: "kigali",
    huye: "rwanda",
    exchanged: true,
    new_york: true,
    places: 70,
    astray: 0,
    short_moto: 300,
    moto: 300 + 8 * 107,
    long_moto: 300 + 38 * 107 + 10 * 187,
    abroad: 4500,
    unpriced: 0,
    online: 200,
    drivers: 200,
  });
});

seedTest("seed.sql caps a cab's weekend night at its surge cap", async ({ sql }) => {
  const [fare] = await sql`
    select
      (mobility.fare_for('cab', -1.95, 30.06, 5000, 600, '2026-11-17T12:00:00+02')).fare_amount as midday,
      (mobility.fare_for('cab', -1.95, 30.06, 5000, 600, '2026-11-17T08:00:00+02')).fare_amount as peak,
      (mobility.fare_for('cab', -1.95, 30.06, 5000, 600, '2026-11-20T23:00:00+02')).fare_amount as night`;
  // 1500 + 4 km at 600 + 10 min at 40 = 4300; times 1.3, and times 1.5 where 1.8 is asked for.
  assert.deepEqual(fare, { midday: 4300, peak: 5600, night: 6500 });
});

seedTest(
  "seed.sql breaks no invariant, records included, and neither do rides",
  async ({ sql }) => {
    assert.deepEqual(await breaches(sql), []);
    const [people] = await sql`
    select
      (select count(*)::int from mobility.matches) > 1000 as rides,
      (select count(*)::int from mobility.profiles p
       where p.user_id in (select user_id from mobility.vehicles)
         and not exists (select from mobility.user_metrics m where m.user_id = p.user_id)) as new_drivers`;
    assert.equal(people?.["rides"], true);
    assert.ok(Number(people?.["new_drivers"]) >= 20);

    const [trip] = await sql`
    select (public.create_trip(null, 'c0000000-0000-4000-8000-000000000001', 'passenger', 'moto',
      -1.9441, 30.0619, null, -1.9497, 30.1262) -> 'trip' ->> 'id')::uuid as id`;
    const [driver] = await sql`
    select id from mobility.trips where role = 'driver' and status = 'open' and vehicle_type = 'moto' order by id limit 1`;
    const [made] = await sql`
    select (public.accept_match(null, ${trip?.["id"]}, ${driver?.["id"]}) ->> 'id')::uuid as id`;
    const [{ pin } = {}] = await sql`select pin from mobility.match_pins where match_id = ${
      made?.["id"]
    }`;
    for (const action of ["accept", "arrive", "start", "complete"]) {
      await sql`select public.advance_match(null, ${made?.["id"]}, ${action}, p_pin => ${pin})`;
    }
    await sql`select public.rate_match(null, ${made?.["id"]}, 4, 'passenger')`;
    assert.deepEqual(await breaches(sql), []);
  },
);

seedTest("seed.sql tells histories that the state machine allows", async ({ sql }) => {
  const [wrong] = await sql`
    select
      (select count(*)::int from mobility.match_events e
       where e.from_status is not null and not exists (
         select from mobility.match_transitions t
         where t.from_status = e.from_status and t.to_status = e.to_status and t.actor = e.actor)) as illegal,
      (select count(*)::int from (
         select e.from_status, e.at, lag(e.to_status) over w as earlier_status, lag(e.at) over w as earlier_at
         from mobility.match_events e window w as (partition by e.match_id order by e.id)) c
       where c.from_status is distinct from c.earlier_status or c.at < c.earlier_at) as broken,
      (select count(*)::int from mobility.matches m
       where m.status <> (select e.to_status from mobility.match_events e
                          where e.match_id = m.id order by e.id desc limit 1)) as unfinished,
      (select count(*)::int from mobility.matches a
       join mobility.matches b on a.id < b.id
         and (a.driver_user_id = b.driver_user_id or a.passenger_user_id = b.passenger_user_id)
         and (a.created_at, a.ended_at) overlaps (b.created_at, b.ended_at)) as in_two_places`;
  assert.deepEqual(wrong, { illegal: 0, broken: 0, unfinished: 0, in_two_places: 0 });
});

seedTest("seed.sql changes nothing when it runs again", async ({ sql }) => {
  const before = await fingerprintTables(sql);
  await migrate(sql, { seed: true });
  assert.deepEqual(await fingerprintTables(sql), before);
});
