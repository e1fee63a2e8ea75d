import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { backUp, openFolder, restore } from "../../../scripts/backup/mod.ts";
import { createDatabase, hasDatabase } from "../../support/database.ts";
import { breaches } from "../../../scripts/invariants/breaches.ts";
import { rate, rideIn } from "../support/rides.ts";
import { backUpInto, temporaryFolder } from "./support/backups.ts";
import { everything, makeCity } from "./support/city.ts";

const SCHEMAS = ["mobility", "mobility_v1"];

function drill(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasDatabase, fn });
}

drill("restore() makes an empty database what backUp() saw, and the ride goes on", async () => {
  await using folder = await temporaryFolder();
  let before: Map<string, string[]>;
  let backup: string;
  {
    await using lost = await createDatabase();
    await makeCity(lost.sql);
    before = await everything(lost.sql, SCHEMAS);
    backup = await backUpInto(folder, lost);
  }
  for (const table of ["trips", "matches", "inbox", "outbox", "offers", "live_drivers_boat"]) {
    assert.notEqual(before.get(`mobility.${table}`)?.length ?? 0, 0, `nothing in ${table}`);
  }

  await using found = await createDatabase({ empty: true });
  const restored = await restore({ folder: backup, databaseUrl: found.url });
  assert.deepEqual(await everything(found.sql, SCHEMAS), before);
  assert.equal(restored.rows, [...before.values()].flat().length);
  assert.deepEqual(await breaches(found.sql), []);
  await goesOn(found.sql);
});

/** A whole ride, a new row in each table with numbers of its own, and a search in the pool that was added. */
async function goesOn(sql: Sql): Promise<void> {
  const ride = await rideIn(sql, "completed", { vehicle_type: "boat" });
  await rate(sql, { match: ride.id, rating: 5, as: "driver" });
  const [state] = await sql<{ status: string; ordered: boolean }[]>`
    select status, (select min(id) from mobility.match_events where match_id = m.id) >
      (select max(id) from mobility.match_events where match_id <> m.id) as ordered
    from mobility.matches m where id = ${ride.id}`;
  assert.deepEqual(state, { status: "completed", ordered: true });
  const sequences = await sql<{ name: string; schema: string; column: string }[]>`
    select c.relname as name, a.attname as column from pg_attribute a join pg_class c on c.oid = attrelid
    where attidentity <> '' and c.relnamespace = 'mobility'::regnamespace`;
  for (const { name, column } of sequences) {
    const [next] = await sql<{ free: boolean }[]>`
      select nextval(pg_get_serial_sequence(${`mobility.${name}`}, ${column}))
        > coalesce((select max(${sql(column)}) from mobility.${sql(name)}), 0) as free`;
    assert.ok(next?.free, `${name}.${column} goes on with a number that is taken`);
  }
  const [near] = await sql<{ boats: unknown[] }[]>`
    select mobility.nearest('driver', 'boat', -1.95, 30.06, 5) as boats`;
  assert.ok(Array.isArray(near?.boats));
}

drill("backUp() sees one instant while others write", async () => {
  await using folder = await temporaryFolder();
  await using busy = await createDatabase();
  await makeCity(busy.sql);
  let writing = true;
  const writers = Array.from({ length: 4 }, async () => {
    let rides = 0;
    for (; writing; rides++) await rideIn(busy.sql, "completed");
    return rides;
  });
  const { folder: backup, manifest } = await backUp({
    databaseUrl: busy.url,
    folder: `${folder.path}/busy`,
  }).finally(() => writing = false);
  const rides = await Promise.all(writers);
  assert.ok(rides.every((count) => count > 0), "nobody wrote");

  await using found = await createDatabase({ empty: true });
  await restore({ folder: backup, databaseUrl: found.url });
  assert.deepEqual(await breaches(found.sql), []);
  const [late] = await found.sql<{ late: number }[]>`
    select count(*)::int as late from mobility.matches where created_at > ${manifest.taken_at}`;
  assert.equal(late?.late, 0);
});

drill("backUp() leaves a folder for its owner alone, and no trace when it fails", async () => {
  await using folder = await temporaryFolder();
  await using database = await createDatabase();
  const backup = await backUpInto(folder, database);
  assert.equal((await Deno.stat(backup)).mode! & 0o777, 0o700);
  for await (const { name } of Deno.readDir(backup)) {
    assert.equal((await Deno.stat(`${backup}/${name}`)).mode! & 0o777, 0o600, name);
  }
  assert.ok((await openFolder(backup)).migrations.length > 40);
  await assert.rejects(backUpInto(folder, database), /exists already/);
  const aborted = backUp({
    databaseUrl: database.url,
    folder: `${folder.path}/aborted`,
    signal: AbortSignal.abort(),
  });
  await assert.rejects(aborted);
  const left: string[] = [];
  for await (const { name } of Deno.readDir(folder.path)) left.push(name);
  assert.deepEqual(left, ["backup"]);
});
