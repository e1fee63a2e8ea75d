import postgres, { type Sql } from "postgres";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { createV1 } from "../../tests/database/v1/support/v1-fixture.ts";
import { pgbench } from "./pgbench.ts";
import { type Result, summarize } from "./results.ts";

const TRIPS = 50_000;
const CLIENTS = 2;

/** V1's writes, one row and one transaction each. */
const WRITES = {
  insert: `
\\set n random(1, ${TRIPS})
insert into public.rides_trips (creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, pickup_text,
  status, expires_at, last_location_at)
values (md5((:n % 1000)::text)::uuid, 'passenger', 'veh_moto', -1.95, 30.06, 'Kimironko', 'open',
  now() + interval '30 minutes', now());`,
  update: `
\\set n random(1, ${TRIPS})
update public.rides_trips set pickup_latitude = -1.9 - random() / 10, last_location_at = now()
where id = md5((:n)::text)::uuid;`,
} as const;

/** How changes might be noted; the first is none, the second is what the bridge does. */
const VARIANTS: Readonly<Record<string, (sql: Sql) => Promise<void>>> = {
  "no triggers": async () => {},
  "row triggers": async (sql) => {
    await sql`select mobility_v1.install()`;
  },
  "statement triggers": async (sql) => {
    await sql.unsafe(`
      create or replace function v1_bench.note() returns trigger language plpgsql security definer set search_path = '' as $$
      begin
        insert into mobility_v1.changes (side, tbl, id) select '1', 'trips', id from changed;
        return null;
      end $$;
      create trigger v1_bench_insert after insert on public.rides_trips referencing new table as changed
        for each statement execute function v1_bench.note();
      create trigger v1_bench_update after update on public.rides_trips referencing new table as changed
        for each statement execute function v1_bench.note()`).simple();
  },
  "row triggers, unlogged": async (sql) => {
    await sql`select mobility_v1.install()`;
    await sql`alter table mobility_v1.changes set unlogged`;
  },
};

async function undo(sql: Sql): Promise<void> {
  await sql`select mobility_v1.uninstall()`;
  await sql.unsafe(`
    drop trigger if exists v1_bench_insert on public.rides_trips;
    drop trigger if exists v1_bench_update on public.rides_trips;
    alter table mobility_v1.changes set logged;
    truncate mobility_v1.changes;
    checkpoint`).simple();
}

/** What the bridge's triggers cost V1's writes, against ways not taken, round by round. */
export async function measureWrites(
  { durable, rounds, seconds, onProgress }: {
    readonly durable: boolean;
    readonly rounds: number;
    readonly seconds: number;
    readonly onProgress: (line: string) => void;
  },
): Promise<{ results: Result[]; ratios: Record<string, number> }> {
  await using server = await startTemporaryPostgres({
    durable,
    settings: { max_wal_size: "4GB", autovacuum: "off" },
  });
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  const where = durable ? "durable" : "no fsync";
  const rates = new Map<string, number[]>();
  try {
    await migrate(sql);
    await createV1(sql, { install: false });
    await sql.unsafe(`
      create schema v1_bench;
      insert into public.profiles (user_id) select md5(n::text)::uuid from generate_series(0, 999) n;
      insert into public.rides_trips (id, creator_user_id, role, vehicle_type, pickup_latitude, pickup_longitude, status,
        expires_at, last_location_at)
      select md5(n::text)::uuid, md5((n % 1000)::text)::uuid, 'driver', 'veh_moto', -1.95, 30.06, 'open',
        now() + interval '1 day', now() from generate_series(1, ${TRIPS}) n;
      analyze public.rides_trips`).simple();
    for (let round = 1; round <= rounds; round++) {
      onProgress(`${where}: round ${round} of ${rounds}`);
      // The order turns, so that what slows the machine down meets each variant.
      const names = Object.keys(VARIANTS);
      for (
        const name of [
          ...names.slice(round % names.length),
          ...names.slice(0, round % names.length),
        ]
      ) {
        for (const [write, script] of Object.entries(WRITES)) {
          await undo(sql);
          await VARIANTS[name]?.(sql);
          const rate = await pgbench({ url: server.url, script, clients: CLIENTS, seconds });
          const key = `${write}, ${name}, ${where}`;
          rates.set(key, [...rates.get(key) ?? [], rate]);
        }
      }
    }
  } finally {
    await sql.end();
  }
  const results = [...rates].map(([name, values]) => summarize(name, values, "writes/s"));
  const median = (name: string): number =>
    results.find((result) => result.case === name)?.median ?? NaN;
  const ratios: Record<string, number> = {};
  for (const name of Object.keys(VARIANTS).slice(1)) {
    for (const write of Object.keys(WRITES)) {
      ratios[`time of an ${write} with ${name} over none, ${where}`] =
        median(`${write}, no triggers, ${where}`) / median(`${write}, ${name}, ${where}`);
    }
  }
  return { results, ratios };
}
