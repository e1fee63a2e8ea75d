import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { asRole, createDatabase, databaseTest, hasDatabase } from "../../support/database.ts";
import { codeOf } from "../support/outcome.ts";
import { openTrip } from "../support/rides.ts";
import { differences, syncToQuiet } from "../../../scripts/v1/rehearsal/compare-sides.ts";
import { addOldPerson, addOldTrip, createBridged } from "./support/v1-database.ts";
import { createV1 } from "../../../scripts/v1/rehearsal/v1-fixture.ts";

async function triggers(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer from pg_trigger where tgname like 'mobility\\_v1\\_%'`;
  return row?.count ?? 0;
}

async function pending(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*)::integer from mobility_v1.changes`;
  return row?.count ?? 0;
}

databaseTest("without V1 the bridge is there, does nothing and says nothing", async ({ sql }) => {
  await openTrip(sql, "driver");
  const [row] = await sql`
    select mobility_v1.install() as installed, mobility_v1.has_v1() as v1,
      public.sync_v1() as synced, mobility_v1.gauges() as gauges,
      (select count(*)::integer from mobility_v1.verify()) as differences`;
  assert.deepEqual({ ...row }, {
    installed: false,
    v1: false,
    synced: { notes: 0, carried: 0, rejected: 0, later: 0 },
    gauges: null,
    differences: 0,
  });
  assert.deepEqual([await triggers(sql), await pending(sql)], [0, 0]);
});

databaseTest("mobility_v1 is closed to every role of the API", async ({ sql }) => {
  for (const role of ["anon", "authenticated", "service_role"]) {
    const [row] = await sql`
      select has_schema_privilege(${role}, 'mobility_v1', 'usage') as usage,
        (select count(*)::integer from pg_class c where relnamespace = 'mobility_v1'::regnamespace and relkind = 'r'
          and has_table_privilege(${role}, c.oid, 'select, insert, update, delete')) as tables,
        (select count(*)::integer from pg_proc p where pronamespace = 'mobility_v1'::regnamespace
          and has_function_privilege(${role}, p.oid, 'execute')) as functions`;
    assert.deepEqual({ ...row }, { usage: false, tables: 0, functions: 0 }, role);
  }
  const open = await sql`
    select p.oid::regprocedure::text from pg_proc p where pronamespace = 'mobility_v1'::regnamespace
      and not ('search_path=""' = any (coalesce(p.proconfig, '{}')))`;
  assert.deepEqual([...open], []);
  const definers = await sql<{ name: string }[]>`
    select proname as name from pg_proc where pronamespace = 'mobility_v1'::regnamespace and prosecdef order by 1`;
  assert.deepEqual(definers.map(({ name }) => name), [
    "hush",
    "note_change",
    "note_people",
    "note_person",
    "note_rows",
  ]);
});

Deno.test({
  name: "install() twice is install() once; uninstall() leaves V1 alone and the lists as they are",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createBridged();
    const { sql } = database;
    const installed = await triggers(sql);
    assert.ok(installed >= 18);
    await sql`select mobility_v1.install()`;
    assert.equal(await triggers(sql), installed);

    const bad = await addOldTrip(sql, { pickup_latitude: null });
    await syncToQuiet(sql);
    await sql`select mobility_v1.uninstall()`;
    assert.deepEqual([await triggers(sql), await pending(sql)], [0, 0]);
    await addOldTrip(sql);
    await openTrip(sql, "driver");
    const [row] = await sql`
      select public.sync_v1() ->> 'notes' as notes, mobility_v1.gauges() as gauges,
        (select array_agg(id) from mobility_v1.rejects) as rejects`;
    assert.deepEqual({ ...row }, { notes: "0", gauges: null, rejects: [bad] });

    // Put up again, the history since is carried by the backfill.
    await sql`select mobility_v1.install()`;
    for (const table of ["profiles", "trips", "matches", "v2_profiles", "v2_trips", "v2_matches"]) {
      await sql`select mobility_v1.backfill_batch(${table}, 100)`;
    }
    await syncToQuiet(sql);
    assert.deepEqual(await differences(sql), []);
  },
});

Deno.test({
  name: "the migrations put the bridge up in a database that has V1",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase({ empty: true });
    const { sql } = database;
    await createV1(sql, { install: false });
    const { migrate } = await import("../../../scripts/postgres/migrate.ts");
    await migrate(sql);
    const id = await addOldTrip(sql);
    await syncToQuiet(sql);
    const rows = await sql`select status from mobility.trips where id = ${id}`;
    assert.deepEqual(rows.map((row) => row["status"]), ["open"]);
  },
});

Deno.test({
  name: "a write of V1 neither fails nor waits because of V2, whoever writes and whatever V2 holds",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createBridged();
    const { sql } = database;
    const person = await addOldPerson(sql);
    const trip = await addOldTrip(sql, { creator_user_id: person });
    await syncToQuiet(sql);
    await sql`grant update on public.rides_trips to authenticated`;
    const holder = postgres(database.url, { max: 1, onnotice: () => {} });
    try {
      // V2 is in the middle of something that has the row, and the bridge's own tables and lock besides.
      await holder`begin`;
      await holder`select from mobility.trips where id = ${trip} for update`;
      await holder`select from mobility.profiles where user_id = ${person} for update`;
      await holder`select pg_advisory_xact_lock(hashtextextended('mobility_v1', 0))`;
      await holder`lock mobility_v1.carried_trips, mobility_v1.rejects`;
      const update = asRole(
        sql,
        { role: "authenticated", sub: person, commit: true },
        async (as) => {
          await as`set local lock_timeout = '1ms'`;
          return await as`update public.rides_trips set pickup_text = 'hello' where true`;
        },
      );
      assert.equal(await codeOf(update), "ok");
      assert.equal(await codeOf(sql`select public.sync_v1()`), "ok");
    } finally {
      await holder`rollback`;
      await holder.end({ timeout: 5 });
    }
    assert.ok(await pending(sql) > 0);
    await syncToQuiet(sql);
    const [row] = await sql`select pickup_text from mobility.trips where id = ${trip}`;
    assert.equal(row?.["pickup_text"], "hello");
  },
});

Deno.test({
  name: "sync() leaves a row that V2 is writing for later, and waits for nobody",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createBridged();
    const { sql } = database;
    const [held, free] = [await addOldTrip(sql), await addOldTrip(sql)];
    await syncToQuiet(sql);
    const holder = postgres(database.url, { max: 1, onnotice: () => {} });
    try {
      await holder`begin`;
      await holder`select from mobility.trips where id = ${held} for update`;
      await sql`update public.rides_trips set pickup_text = 'new' where true`;
      const [row] = await sql<
        { synced: Record<string, number> }[]
      >`select mobility_v1.sync() as synced`;
      assert.deepEqual(row?.synced, { notes: 2, carried: 1, rejected: 0, later: 1 });
    } finally {
      await holder`rollback`;
      await holder.end({ timeout: 5 });
    }
    await syncToQuiet(sql);
    const rows = await sql`select pickup_text from mobility.trips where id in (${held}, ${free})`;
    assert.deepEqual(rows.map((row) => row["pickup_text"]), ["new", "new"]);
  },
});

Deno.test({
  name: "gauges() tells what waits, for how long, and what cannot be carried",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createBridged();
    const { sql } = database;
    await addOldTrip(sql, { pickup_latitude: null });
    const gauges = async (): Promise<Record<string, unknown>> => {
      const [row] = await sql`select public.operations_gauges() as gauges`;
      const found = Object.entries(row?.["gauges"] ?? {}).filter(([name]) =>
        name.startsWith("mobility_v1")
      );
      return Object.fromEntries(found.map(([name, values]) => [
        name,
        Array.isArray(values)
          ? values.map(({ labels, value }) => labels?.table ? [labels.table, value] : value)
          : values,
      ]));
    };
    await sql`update mobility_v1.changes set at = at - interval '90 seconds'`;
    const before = await gauges();
    assert.deepEqual(before["mobility_v1_changes_pending"], [2]);
    assert.ok(Number(String(before["mobility_v1_oldest_change_seconds"])) >= 90);
    await syncToQuiet(sql);
    assert.deepEqual(await gauges(), {
      mobility_v1_changes_pending: [0],
      mobility_v1_oldest_change_seconds: [0],
      mobility_v1_rejects: [["profiles", 0], ["trips", 1], ["matches", 0]],
    });
  },
});
