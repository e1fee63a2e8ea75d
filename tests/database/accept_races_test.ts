import assert from "node:assert/strict";
import { createDatabase, hasDatabase, type TestDatabase } from "../support/database.ts";
import { countCodes } from "./support/outcome.ts";
import { openTrip, propose, type Side } from "./support/rides.ts";

const ROUNDS = 200;
const CALLERS = 50;

/** Opens a crowd of trips in one statement; gives their ids. */
async function openTrips({ sql }: TestDatabase, role: Side): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select public.create_trip(null, gen_random_uuid(), ${role}, 'moto', -1.95, 30.06)
      -> 'trip' ->> 'id' as id
    from generate_series(1, ${CALLERS})`;
  return rows.map(({ id }) => id);
}

/** Each round, 50 of one role go for the same trip of the other, on 50 connections at once. */
async function raceForOne(crowd: Side): Promise<void> {
  await using database = await createDatabase({ connections: CALLERS });
  const { sql } = database;
  const wanted = crowd === "passenger" ? "driver" : "passenger";
  for (let round = 0; round < ROUNDS; round++) {
    const target = (await openTrip(sql, wanted)).id;
    const callers = await openTrips(database, crowd);
    const codes = await countCodes(callers.map((caller) =>
      propose(
        sql,
        crowd === "passenger"
          ? { passenger: caller, driver: target }
          : { passenger: target, driver: caller },
      )
    ));
    assert.deepEqual(codes, { ok: 1, TRIP_ALREADY_MATCHED: CALLERS - 1 }, `round ${round}`);
  }
  const [row] = await sql`
    select count(*)::int as matches, count(distinct driver_user_id)::int as drivers,
      count(distinct passenger_user_id)::int as passengers,
      (select count(*)::int from mobility.match_events) as events,
      (select count(*)::int from mobility.match_pins) as pins,
      (select count(*)::int from mobility.trips where status = 'matched') as matched
    from mobility.matches where live`;
  assert.deepEqual(row, {
    matches: ROUNDS,
    drivers: ROUNDS,
    passengers: ROUNDS,
    events: ROUNDS,
    pins: ROUNDS,
    matched: 2 * ROUNDS,
  });
}

Deno.test({
  name: `accept_match() gives a driver to exactly one of ${CALLERS} passengers, ${ROUNDS} times`,
  ignore: !hasDatabase,
  fn: () => raceForOne("passenger"),
});

Deno.test({
  name: `accept_match() gives a passenger to exactly one of ${CALLERS} drivers, ${ROUNDS} times`,
  ignore: !hasDatabase,
  fn: () => raceForOne("driver"),
});

Deno.test({
  name: "accept_match() binds a person once, though two trips of theirs are asked for at once",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ connections: 20 });
    const { sql } = database;
    for (let round = 0; round < 20; round++) {
      const user_id = crypto.randomUUID();
      const soon = new Date(Date.now() + 60_000).toISOString();
      const drivers = [
        (await openTrip(sql, "driver", { user_id })).id,
        (await openTrip(sql, "driver", { user_id, scheduled_for: soon })).id,
      ];
      const passengers = await openTrips(database, "passenger");
      const codes = await countCodes(
        passengers.slice(0, 20).map((passenger, i) =>
          propose(sql, { passenger, driver: drivers[i % 2] ?? "" })
        ),
      );
      assert.deepEqual(codes, { ok: 1, TRIP_ALREADY_MATCHED: 19 });
    }
  },
});
