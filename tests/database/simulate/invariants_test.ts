import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { emptyCity } from "../../../scripts/simulate/empty-city.ts";
import { Invariants } from "../../../scripts/simulate/invariants.ts";
import { createDatabase, hasDatabase } from "../../support/database.ts";

const DRIVER = "d5000000-0000-4000-8000-000000000001";
const PASSENGER = "c5000000-0000-4000-8000-000000000001";

/** A ride from the wish to the rating, or as far as `until`, by the calls that the functions make. */
async function ride(sql: Sql, until: "accepted" | "rated"): Promise<string> {
  const open = async (user: string, role: string): Promise<string> => {
    const [row] = await sql<{ id: string }[]>`
      select public.create_trip(null, ${user}, ${role}, 'moto', -1.95, 30.06, null, -1.96, 30.1) #>> '{trip,id}' as id`;
    return row?.id ?? "";
  };
  const driverTrip = await open(DRIVER, "driver");
  const passengerTrip = await open(PASSENGER, "passenger");
  const candidates = [{ trip_id: driverTrip, distance_m: 10, eta_s: 3 }];
  await sql`select public.dispatch_trip(null, ${passengerTrip}, ${sql.json(candidates)})`;
  const [match] = await sql<{ id: string; pin: string }[]>`
    with answered as (select public.answer_offer(null, id, true) -> 'match' as match from mobility.offers)
    select match ->> 'id' as id, match ->> 'pin' as pin from answered`;
  assert.ok(match);
  if (until === "accepted") return match.id;
  await sql`select public.advance_match(null, ${match.id}, 'arrive')`;
  await sql`select public.advance_match(null, ${match.id}, 'start', p_pin => ${match.pin})`;
  await sql`select public.advance_match(null, ${match.id}, 'complete')`;
  await sql`select public.rate_match(null, ${match.id}, 4, 'passenger')`;
  return match.id;
}

async function brokenAtTheEnd(sql: Sql): Promise<string[]> {
  const invariants = new Invariants(sql);
  await invariants.checkEnd([]);
  return invariants.results().filter(({ violations }) => violations > 0).map(({ name }) => name);
}

/** Something that must not be, and the rule that says so. */
const BREAKAGES: Readonly<Record<string, string>> = {
  "the counts of everybody are what events and ratings say":
    "update mobility.user_metrics set rides_completed = rides_completed + 1 where role = 'driver'",
  "a trip is matched exactly while a live match binds it":
    "update mobility.trips set status = 'matched' where role = 'driver'",
  "nobody was offered a ride while in one": `insert into mobility.offers
    (dispatch_id, passenger_trip_id, driver_trip_id, driver_user_id, status, distance_m, eta_s, created_at, expires_at)
    select gen_random_uuid(), passenger_trip_id, driver_trip_id, driver_user_id, 'withdrawn', 1, 1,
      accepted_at + (ended_at - accepted_at) / 2, ended_at from mobility.matches`,
};

for (const [rule, sql] of Object.entries(BREAKAGES)) {
  Deno.test({
    name: `Invariants finds it broken that ${rule}, and no other rule`,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase();
      await emptyCity(database.sql, 1);
      await database
        .sql`create table simulation.records_before as select * from mobility.user_metrics`;
      await ride(database.sql, "rated");
      assert.deepEqual(await brokenAtTheEnd(database.sql), []);
      // Nothing but a broken database can have such rows.
      await database.sql`set session_replication_role = replica`;
      await database.sql.unsafe(sql);
      assert.deepEqual(await brokenAtTheEnd(database.sql), [rule]);
    },
  });
}

Deno.test({
  name: "Invariants finds a ride that never ended, and it is none while it may still end",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    await emptyCity(database.sql, 1);
    await database
      .sql`create table simulation.records_before as select * from mobility.user_metrics`;
    await ride(database.sql, "accepted");
    const invariants = new Invariants(database.sql);
    await invariants.check();
    assert.deepEqual(invariants.results().filter(({ violations }) => violations > 0), []);
    assert.deepEqual(await brokenAtTheEnd(database.sql), [
      "no ride is stuck",
      "no search is stuck",
    ]);
  },
});
