import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { restore } from "../../../scripts/backup/mod.ts";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { openTrip } from "../support/rides.ts";
import { differences, syncToQuiet } from "../../../scripts/v1/rehearsal/compare-sides.ts";
import { addServiceArea, createV1 } from "../../../scripts/v1/rehearsal/v1-fixture.ts";
import { backUpInto, runV1File, temporaryFolder } from "./support/backups.ts";
import { everything } from "./support/city.ts";

const SCHEMAS = ["public", "mobility", "mobility_v1"];

async function createBridged(): Promise<TestDatabase> {
  const database = await createDatabase();
  await createV1(database.sql);
  await addServiceArea(database.sql);
  return database;
}

/** Somebody new in V1 goes online there; gives the trip. */
async function addOldTrip(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    with person as (
      insert into public.profiles (user_id, display_name) values (gen_random_uuid(), 'Old')
      returning user_id
    )
    insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude,
      pickup_longitude, status, created_at, expires_at, last_location_at)
    select user_id, 'driver', 'veh_moto', -1.95, 30.06, 'open', now(), now() + interval '1 hour', now()
    from person returning id`;
  return row?.id ?? "";
}

async function bridgeTriggers(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from pg_trigger where tgname like 'mobility_v1%'`;
  return row?.count ?? 0;
}

Deno.test({
  name: "restore() brings V1, V2 and the bridge between them back in step, and it goes on carrying",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using old = await createBridged();
    await addOldTrip(old.sql);
    await openTrip(old.sql, "passenger");
    await syncToQuiet(old.sql);
    // Noted, and not carried yet.
    const late = await addOldTrip(old.sql);
    const backup = await backUpInto(folder, old);

    await using found = await createDatabase({ empty: true });
    await runV1File(backup, found.url);
    await restore({ folder: backup, databaseUrl: found.url });
    assert.deepEqual(await everything(found.sql, SCHEMAS), await everything(old.sql, SCHEMAS));
    assert.equal(await bridgeTriggers(found.sql), await bridgeTriggers(old.sql));

    const later = await addOldTrip(found.sql);
    await syncToQuiet(found.sql);
    assert.deepEqual(await differences(found.sql), []);
    const [carried] = await found.sql<{ count: number }[]>`
      select count(*)::int as count from mobility.trips where id in (${late}, ${later})`;
    assert.equal(carried?.count, 2);
  },
});

Deno.test({
  name: "restore() leaves the bridge down where it had been taken down",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using old = await createBridged();
    await addOldTrip(old.sql);
    await syncToQuiet(old.sql);
    await old.sql`select mobility_v1.uninstall()`;
    const backup = await backUpInto(folder, old);

    await using found = await createDatabase({ empty: true });
    await runV1File(backup, found.url);
    await restore({ folder: backup, databaseUrl: found.url });
    assert.equal(await bridgeTriggers(found.sql), 0);
    assert.deepEqual(await everything(found.sql, SCHEMAS), await everything(old.sql, SCHEMAS));
  },
});
