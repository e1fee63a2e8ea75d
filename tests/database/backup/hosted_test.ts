import assert from "node:assert/strict";
import type { Sql } from "postgres";
import postgres from "postgres";
import { backUp, restore } from "../../../scripts/backup/mod.ts";
import { migrate } from "../../../scripts/postgres/migrate.ts";
import { createDatabase, hasDatabase } from "../../support/database.ts";
import { databaseUrl } from "../../../scripts/postgres/test-server.ts";
import { openTrip, rideIn } from "../support/rides.ts";
import { backUpInto, runV1File, temporaryFolder } from "./support/backups.ts";
import { addAuth, everything } from "./support/city.ts";

const OPERATOR = "11111111-1111-4111-8111-111111111111";

async function addOperator(sql: Sql): Promise<void> {
  await addAuth(sql);
  await sql`insert into auth.users (id, email) values (${OPERATOR}, 'claire@example.com')`;
  await sql`insert into auth.identities (user_id, identity_data) values (${OPERATOR}, '{"sub": "x"}')`;
  await sql`insert into auth.sessions values (gen_random_uuid(), ${OPERATOR})`;
  await sql`insert into mobility.operators (user_id, name) values (${OPERATOR}, 'Claire')`;
}

Deno.test({
  name: "restore() brings back who may sign in, without their sessions, and names Vault's secrets",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using database = await createDatabase();
    await addOperator(database.sql);
    const { folder: backup, manifest } = await backUp({
      databaseUrl: database.url,
      folder: `${folder.path}/backup`,
    });
    assert.deepEqual(manifest.vault_secrets, ["mobility_worker_url"]);
    const auth = await everything(database.sql, ["auth"]);

    await using fresh = await createDatabase();
    await addAuth(fresh.sql);
    await restore({ folder: backup, databaseUrl: fresh.url });
    assert.deepEqual(
      await everything(fresh.sql, ["auth"]),
      new Map([...auth, ["auth.sessions", []]]),
    );

    // Somebody who signed up since is gone, with their session.
    const stranger = crypto.randomUUID();
    await database.sql`insert into auth.users (id) values (${stranger})`;
    await database.sql`insert into auth.sessions values (gen_random_uuid(), ${stranger})`;
    const options = { folder: backup, databaseUrl: database.url };
    await assert.rejects(restore(options), /2 in auth\.users/);
    await restore({ ...options, replace: true });
    assert.deepEqual(
      await everything(database.sql, ["auth"]),
      new Map([...auth, ["auth.sessions", []]]),
    );

    await using plain = await createDatabase();
    const elsewhere = { folder: backup, databaseUrl: plain.url };
    await assert.rejects(restore(elsewhere), /lacks auth\.identities, auth\.users.*--without-auth/);
    const { leftOut } = await restore({ ...elsewhere, withoutAuth: true });
    assert.deepEqual(leftOut, ["auth.identities", "auth.users"]);
    const [operator] = await plain.sql`select name from mobility.operators`;
    assert.equal(operator?.["name"], "Claire");
  },
});

Deno.test({
  name: "backUp() and restore() need no superuser, only what a hosted project's postgres may",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using source = await createDatabase({ empty: true });
    await using target = await createDatabase({ empty: true });
    const owner = `owner_${crypto.randomUUID().slice(0, 8)}`;
    const password = "p@ss/w:rd%";
    const names = [source, target].map(({ url }) => new URL(url).pathname.slice(1));
    await source.sql.unsafe(`
      create role ${owner} login createrole bypassrls password '${password}';
      grant set on parameter session_replication_role to ${owner};
      grant pg_monitor to ${owner};`).simple();
    const urls = names.map((name) => {
      const url = new URL(databaseUrl(source.url, name));
      url.username = owner;
      url.password = encodeURIComponent(password);
      return url.href;
    });
    try {
      for (const [index, { sql }] of [source, target].entries()) {
        await sql.unsafe(`alter database "${names[index]}" owner to ${owner};
          alter schema public owner to ${owner};
          create schema extensions authorization ${owner};
          create extension postgis with schema extensions;`).simple();
      }
      const own = postgres(urls[0] ?? "", { max: 1, onnotice: () => {} });
      await migrate(own);
      await rideIn(own, "completed");
      await own.end();
      const before = await everything(source.sql);
      const backup = await backUpInto(folder, { url: urls[0] ?? "" });
      await restore({ folder: backup, databaseUrl: urls[1] ?? "" });
      assert.deepEqual(await everything(target.sql), before);
    } finally {
      for (const { sql } of [source, target]) {
        await sql.unsafe(`reassign owned by ${owner} to current_user; drop owned by ${owner};`)
          .simple();
      }
      await source.sql.unsafe(`drop role ${owner}`);
    }
  },
});

const V1 = `
  create table public.profiles (user_id uuid primary key, display_name text);
  create table public.rides_trips (
    id bigserial primary key, creator_user_id uuid references public.profiles (user_id), status text
  );
  create index rides_trips_status on public.rides_trips (status);
  create function public.v1_touch() returns trigger language plpgsql as 'begin return new; end';
  create trigger v1_touch before update on public.rides_trips for each row
    execute function public.v1_touch();`;

/** V1's indexes, constraints, triggers and functions. */
async function shape(sql: Sql): Promise<unknown> {
  return await sql`
    select indexdef as part from pg_indexes where schemaname = 'public'
    union all select pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace
    union all select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid
      where not tgisinternal and relnamespace = 'public'::regnamespace
    union all select proname from pg_proc where pronamespace = 'public'::regnamespace
    order by 1`;
}

Deno.test({
  name: "backUp() carries V1's tables, before and beside V2",
  ignore: !hasDatabase,
  fn: async () => {
    await using folder = await temporaryFolder();
    await using old = await createDatabase({ empty: true });
    await old.sql.unsafe(
      V1 + `
      insert into public.profiles values (gen_random_uuid(), 'Aline');
      insert into public.rides_trips (creator_user_id, status) select user_id, 'open' from public.profiles;
    `,
    ).simple();
    const alone = await backUpInto(folder, { url: old.url, name: "alone" });
    const before = await everything(old.sql, ["public"]);

    await using bare = await createDatabase({ empty: true });
    const lacking = restore({ folder: alone, databaseUrl: bare.url });
    await assert.rejects(lacking, /lacks V1's tables.*public\.profiles, public\.rides_trips/);
    await runV1File(alone, bare.url);
    await restore({ folder: alone, databaseUrl: bare.url });
    assert.deepEqual(await everything(bare.sql, ["public"]), before);
    const [next] = await bare
      .sql`insert into public.rides_trips (status) values ('open') returning id`;
    assert.equal(next?.["id"], "2");

    await migrate(old.sql);
    await openTrip(old.sql, "passenger");
    const both = await backUpInto(folder, { url: old.url, name: "both" });
    await using beside = await createDatabase({ empty: true });
    await runV1File(both, beside.url);
    await restore({ folder: both, databaseUrl: beside.url });
    assert.deepEqual(await shape(beside.sql), await shape(old.sql));
    const schemas = ["public", "mobility", "mobility_v1"];
    assert.deepEqual(await everything(beside.sql, schemas), await everything(old.sql, schemas));
  },
});
