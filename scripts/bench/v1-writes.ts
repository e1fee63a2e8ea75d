import postgres from "postgres";
import { migrate } from "../postgres/migrate.ts";
import { findPostgresBinaries } from "../postgres/postgres-binaries.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { createV1 } from "../v1/rehearsal/v1-fixture.ts";
import { describeMachine, type Ratio, ratioOf, type Result, summarize } from "./results.ts";

const TRIPS = 50_000;
const CLIENTS = 2;
/** A run is looked at in fifths, whose medians say how far it can be believed. */
const PARTS = 5;

/**
 * Ways to note changes, and the schema of a copy of V1's trips for each; the first is none, the second the bridge's.
 * The original itself has a foreign key more to it, which would be measured as well.
 */
const VARIANTS = {
  "no triggers": "v1_none",
  "statement triggers": "v1_statement",
  "row triggers": "v1_row",
  "statement triggers, unlogged": "v1_unlogged",
} as const;

/** V1's writes, one transaction each. */
const WRITES = {
  insert: (schema: string) => `
\\set n random(1, ${TRIPS})
insert into ${schema}.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude,
  pickup_text, status, expires_at, last_location_at)
values (md5((:n % 1000)::text)::uuid, 'passenger', 'veh_moto', -1.95, 30.06, 'Kimironko', 'open',
  now() + interval '30 minutes', now());`,
  update: (schema: string) => `
\\set n random(1, ${TRIPS})
update ${schema}.rides_trips set pickup_latitude = -1.9 - random() / 10, last_location_at = now()
where id = md5((:n)::text)::uuid;`,
  "update of 100 rows": (schema: string) => `
\\set n random(1, ${TRIPS - 100})
update ${schema}.rides_trips set pickup_latitude = -1.9 - random() / 10, last_location_at = now()
where id = any (array(select md5(i::text)::uuid from generate_series(:n, :n + 99) i));`,
} as const;

const COPIES = `
insert into public.profiles (user_id) select md5(n::text)::uuid from generate_series(0, 999) n;
insert into public.rides_trips (id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, status,
  expires_at, last_location_at)
select md5(n::text)::uuid, md5((n % 1000)::text)::uuid, 'driver', 'veh_moto', -1.95, 30.06, 'open',
  now() + interval '1 day', now() from generate_series(1, ${TRIPS}) n;
do $$
declare
  s text;
begin
  foreach s in array array['v1_none', 'v1_statement', 'v1_row', 'v1_unlogged'] loop
    execute format('create schema %I', s);
    execute format('create table %I.rides_trips (like public.rides_trips including all)', s);
    execute format('alter table %I.rides_trips add foreign key (creator_user_id) references public.profiles', s);
    execute format('insert into %I.rides_trips select * from public.rides_trips', s);
  end loop;
end $$;
create trigger note_insert after insert on v1_statement.rides_trips referencing new table as changed for each statement
  when (coalesce(current_setting('mobility_v1.carrying', true), '') <> 'on')
  execute function mobility_v1.note_rows('trips');
create trigger note_update after update on v1_statement.rides_trips referencing new table as changed for each statement
  when (coalesce(current_setting('mobility_v1.carrying', true), '') <> 'on')
  execute function mobility_v1.note_rows('trips');
create function v1_row.note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into mobility_v1.changes (side, tbl, id) values ('1', 'trips', new.id);
  return null;
end $$;
create trigger note_insert after insert on v1_row.rides_trips for each row
  when (coalesce(current_setting('mobility_v1.carrying', true), '') <> 'on') execute function v1_row.note();
create trigger note_update after update on v1_row.rides_trips for each row
  when (coalesce(current_setting('mobility_v1.carrying', true), '') <> 'on') execute function v1_row.note();
create unlogged table v1_unlogged.changes (like mobility_v1.changes including all);
create function v1_unlogged.note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into v1_unlogged.changes (side, tbl, id) select '1', 'trips', id from changed;
  return null;
end $$;
create trigger note_insert after insert on v1_unlogged.rides_trips referencing new table as changed for each statement
  when (coalesce(current_setting('mobility_v1.carrying', true), '') <> 'on') execute function v1_unlogged.note();
create trigger note_update after update on v1_unlogged.rides_trips referencing new table as changed for each statement
  when (coalesce(current_setting('mobility_v1.carrying', true), '') <> 'on') execute function v1_unlogged.note();
analyze`;

/**
 * What the bridge's triggers cost V1's writes, beside ways not taken. The clients draw the next transaction
 * among all of them, so that whatever else the machine does meets each alike; medians of the single transactions of
 * each fifth of the run.
 */
export async function measureWrites(
  { durable, seconds, onProgress }: {
    readonly durable: boolean;
    readonly seconds: number;
    readonly onProgress: (line: string) => void;
  },
): Promise<{ results: Result[]; ratios: Record<string, Ratio>; machine: string }> {
  await using server = await startTemporaryPostgres({ durable, settings: { max_wal_size: "4GB" } });
  const where = durable ? "durable" : "no fsync";
  onProgress(`writes of V1, ${where}, for ${seconds} s`);
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    await migrate(sql);
    await createV1(sql, { install: false });
    await sql.unsafe(COPIES).simple();
    // Other jobs of pg_cron would be part of what is measured.
    await sql.unsafe("delete from cron.job").simple().catch(() => {});
  } finally {
    await sql.end();
  }
  const cases = Object.entries(WRITES).flatMap(([write, script]) =>
    Object.entries(VARIANTS).map(([variant, schema]) => ({
      write,
      variant,
      script: script(schema),
    }))
  );
  const latencies = await mixed(server.url, {
    scripts: cases.map(({ script }) => script),
    seconds,
  });
  const results = cases.map(({ write, variant }, index) => {
    const parts = latencies[index] ?? [];
    const writes = parts.reduce((sum, times) => sum + times.length, 0);
    const medians = parts.map((times) => times[Math.floor(times.length / 2)] ?? NaN);
    return summarize(`${write}, ${variant}, ${where} (${writes} writes)`, medians, "µs");
  });
  const ratios: Record<string, Ratio> = {};
  for (const [index, { write, variant }] of cases.entries()) {
    const own = results[index];
    const none = results[cases.findIndex((other) => other.write === write)];
    if (own === undefined || none === undefined || own === none) continue;
    ratios[`time of an ${write} with ${variant} over none, ${where}`] = ratioOf(own, none);
  }
  return { results, ratios, machine: await describeMachine(server.url) };
}

/** Runs scripts drawn at random; for each the sorted microseconds of its transactions, in parts of the run. */
async function mixed(
  url: string,
  { scripts, seconds }: { readonly scripts: readonly string[]; readonly seconds: number },
): Promise<number[][][]> {
  const { folder } = await findPostgresBinaries();
  const files = await Deno.makeTempDir({ prefix: "mobility-bench-" });
  try {
    const args = ["-n", "-M", "prepared", "-c", `${CLIENTS}`, "-j", "2", "-T", `${seconds}`, "-l"];
    for (const [index, script] of scripts.entries()) {
      await Deno.writeTextFile(`${files}/${index}.sql`, script);
      args.push("-f", `${files}/${index}.sql`);
    }
    const { success, stderr } = await new Deno.Command(`${folder}/pgbench`, {
      args: [...args, url],
      cwd: files,
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`pgbench failed: ${new TextDecoder().decode(stderr)}`);
    const logged: { script: number; microseconds: number; at: number }[] = [];
    for await (const { name } of Deno.readDir(files)) {
      if (!name.startsWith("pgbench_log.")) continue;
      for (const line of (await Deno.readTextFile(`${files}/${name}`)).trim().split("\n")) {
        // client, transaction, microseconds, script, when in seconds
        const [, , microseconds, script, at] = line.split(" ").map(Number);
        if (microseconds === undefined || script === undefined || at === undefined) continue;
        logged.push({ script, microseconds, at });
      }
    }
    const startedAt = logged.reduce((first, { at }) => Math.min(first, at), Infinity);
    const times = scripts.map((): number[][] => Array.from({ length: PARTS }, () => []));
    for (const { script, microseconds, at } of logged) {
      const part = Math.min(PARTS - 1, Math.floor((at - startedAt) * PARTS / seconds));
      times[script]?.[part]?.push(microseconds);
    }
    for (const part of times.flat()) part.sort((a, b) => a - b);
    return times;
  } finally {
    await Deno.remove(files, { recursive: true });
  }
}
