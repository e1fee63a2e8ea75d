import assert from "node:assert/strict";
import { BOUND_ONCE } from "../../scripts/invariants/bound-once.ts";
import { breaches, findBreaches } from "../../scripts/invariants/breaches.ts";
import { ENDED } from "../../scripts/invariants/ended.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { rideIn } from "./support/rides.ts";

Deno.test({
  name: "findBreaches() names who is in two live rides, on whichever side, and what is bound twice",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const [first, second] = [await rideIn(sql, "accepted"), await rideIn(sql, "in_progress")];
    assert.deepEqual(await findBreaches(sql, BOUND_ONCE), []);
    // Nothing but a broken database can have such a row.
    await sql`alter table mobility.matches disable trigger all`;
    await sql`
      update mobility.matches set passenger_user_id = ${first.driver_user_id},
        passenger_trip_id = ${first.driver_trip_id}
      where id = ${second.id}`;
    assert.deepEqual(await findBreaches(sql, BOUND_ONCE), [
      {
        rule: "nobody is in two live rides, on whichever side",
        what: first.driver_user_id,
      },
      { rule: "no trip is bound twice", what: first.driver_trip_id },
    ]);
  },
});

Deno.test({
  name: "findBreaches() names what has not ended, and breaches() finds nothing wrong with it",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    await rideIn(sql, "completed");
    assert.deepEqual(await findBreaches(sql, ENDED), []);
    const ride = await rideIn(sql, "accepted");
    const found = await findBreaches(sql, ENDED);
    assert.deepEqual(found.map(({ rule, what }) => `${rule}: ${what.replace(/ since .*/, "")}`), [
      `no ride is stuck: ${ride.id} is accepted`,
      `no search is stuck: ${ride.passenger_trip_id} is matched`,
    ]);
    assert.deepEqual(await breaches(sql), []);
  },
});

Deno.test({
  name: "breaches() names the rule, the person and both counts of a record that is not the log's",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const ride = await rideIn(sql, "completed");
    await sql`
      update mobility.user_metrics set rides_completed = 7 where user_id = ${ride.driver_user_id}`;
    const [breach, ...more] = await breaches(sql);
    assert.deepEqual(more, []);
    assert.match(
      breach ?? "",
      new RegExp(
        `^the counts of everybody are .* say: ${ride.driver_user_id} driver: counted .*, kept .*7`,
      ),
    );
  },
});
