import { parseArgs } from "node:util";
import postgres from "postgres";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { fillCity, fillObviousTable } from "./city.ts";
import { pgbench } from "./pgbench.ts";
import {
  describeMachine,
  publish,
  type Ratio,
  ratioOf,
  type Result,
  summarize,
} from "./results.ts";
import { searchScript, updateScript, type Way } from "./search-cases.ts";

const CLIENTS = 4;
const VEHICLES = ["moto", "truck"] as const;
const BESIDE = ["rpc", "bare", "bare rows"] as const;
/** A driver pings every 30 s. */
const PINGS_AN_HOUR = 120;

const USAGE = `deno task bench:search [options]

  --json FILE   write the results there too
  --rounds N    rounds of each case (3)
  --seconds N   length of a round (4)
  --drivers N   one size of city only (10,000, 100,000 and 1,000,000)
  --no-hour     without the hour of position updates, which is most of the time
  --quick       one round, 10,000 drivers only
  --help        this text`;

/** What a run was asked for. */
interface Plan {
  readonly server: string;
  readonly rounds: number;
  readonly seconds: number;
  /** Whether to play an hour of position updates. */
  readonly hour: boolean;
}

const results = new Map<string, Result>();

/** `deno task bench:search`: the search beside its alternatives, on a PostgreSQL of its own. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "string" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "4" },
      drivers: { type: "string" },
      "no-hour": { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const sizes = values.drivers !== undefined
    ? [Number(values.drivers)]
    : values.quick
    ? [10_000]
    : [10_000, 100_000, 1_000_000];
  // The hour of updates is played in a minute or so: autovacuum looks 60 times as often, to see it the same.
  await using server = await startTemporaryPostgres({
    durable: true,
    settings: {
      shared_buffers: "2GB",
      max_wal_size: "8GB",
      synchronous_commit: "off",
      jit: "off",
      autovacuum_naptime: "1s",
    },
  });
  const plan: Plan = {
    server: server.url,
    rounds: values.quick ? 1 : Number(values.rounds),
    seconds: Number(values.seconds),
    hour: !values["no-hour"],
  };
  for (const drivers of sizes) await measureCity(plan, drivers);
  await publish({
    name: "search",
    date: new Date().toISOString(),
    machine: await describeMachine(cityUrl(plan, sizes[0] ?? 0)),
    results: [...results.values()],
    ratios: ratios(sizes),
  }, values.json);
  return 0;
}

async function measureCity(plan: Plan, drivers: number): Promise<void> {
  report(`${drivers} drivers: filling the city`);
  const admin = postgres(plan.server, { max: 1 });
  await admin.unsafe(`create database city_${drivers}`);
  await admin.end();
  const sql = postgres(cityUrl(plan, drivers), { max: 1, onnotice: () => {} });
  try {
    await migrate(sql);
    await fillCity(sql, drivers);
    const large = drivers >= 1_000_000;
    if (!large) await fillObviousTable(sql);
    await measure(plan, { drivers, state: "fresh", ways: large ? BESIDE : [...BESIDE, "obvious"] });
    if (large) return;
    if (plan.hour) await playAnHour(plan, drivers);
    await sql`
      update mobility.live_positions l set position_at = now() - interval '31 minutes'
      from bench.drivers d where d.trip_id = l.trip_id and l.role = 'driver' and d.i % 5 = 1`;
    await measure(plan, { drivers, state: "20% stale", ways: BESIDE });
  } finally {
    await sql.end();
  }
}

/** Each driver pings 120 times, in batches, while autovacuum runs; then the searches are measured again. */
async function playAnHour(plan: Plan, drivers: number): Promise<void> {
  const batches = Math.ceil(drivers * PINGS_AN_HOUR / 500);
  report(`${drivers} drivers: an hour of positions, ${batches} batches of 500`);
  const perSecond = await pgbench({
    url: cityUrl(plan, drivers),
    script: updateScript(drivers),
    clients: 2,
    transactionsPerClient: Math.ceil(batches / 2),
  });
  keep(`${drivers} drivers, positions in batches of 500`, [perSecond * 500], "positions/s");
  await measure(plan, { drivers, state: "after an hour", ways: BESIDE });
}

/** The ways in turn, round by round, so that a machine that slows down slows all of them. */
async function measure(
  plan: Plan,
  city: { drivers: number; state: string; ways: readonly Way[] },
): Promise<void> {
  const { drivers, state, ways } = city;
  for (const vehicle of VEHICLES) {
    const seen = new Map<Way, number[]>(ways.map((way) => [way, []]));
    for (let round = 1; round <= plan.rounds; round++) {
      for (const way of ways) {
        report(
          `${drivers} drivers, ${state}: ${vehicle}, ${way}, round ${round} of ${plan.rounds}`,
        );
        const tps = await pgbench({
          url: cityUrl(plan, drivers),
          script: searchScript(way, vehicle),
          clients: CLIENTS,
          seconds: plan.seconds,
        });
        seen.get(way)?.push(tps);
      }
    }
    for (const [way, rates] of seen) {
      keep(caseName(drivers, { state, vehicle, way }), rates, "searches/s");
    }
  }
}

function keep(name: string, rates: readonly number[], unit: string): void {
  results.set(name, summarize(name, rates, unit));
}

function caseName(drivers: number, of: { state: string; vehicle: string; way: Way }): string {
  return `${drivers} drivers, ${of.state}, ${of.vehicle}, ${of.way}`;
}

function ratios(sizes: readonly number[]): Record<string, Ratio> {
  const all: Record<string, Ratio> = {};
  const rate = (name: string): Result | undefined => results.get(name);
  const compare = (label: string, over: Result | undefined, under: Result | undefined): void => {
    if (over !== undefined && under !== undefined) all[label] = ratioOf(over, under);
  };
  for (const vehicle of VEHICLES) {
    for (const drivers of sizes) {
      for (const state of ["fresh", "after an hour", "20% stale"]) {
        const of = (way: Way): Result | undefined =>
          rate(caseName(drivers, { state, vehicle, way }));
        compare(
          `${vehicle}, ${drivers}, ${state}: times faster than radius-then-sort`,
          of("rpc"),
          of("obvious"),
        );
        for (const form of ["bare", "bare rows"] as const) {
          const label = form === "bare" ? "bare scan, as JSON" : "bare scan, as rows";
          compare(
            `${vehicle}, ${drivers}, ${state}: time of the RPC over the ${label}`,
            of(form),
            of("rpc"),
          );
        }
      }
    }
    const largest = sizes.at(-1) ?? 0;
    if (largest === sizes[0]) continue;
    compare(
      `${vehicle}: time at ${largest} over time at ${sizes[0]} drivers`,
      rate(caseName(sizes[0] ?? 0, { state: "fresh", vehicle, way: "rpc" })),
      rate(caseName(largest, { state: "fresh", vehicle, way: "rpc" })),
    );
  }
  return all;
}

function cityUrl(plan: Plan, drivers: number): string {
  const url = new URL(plan.server);
  url.pathname = `/city_${drivers}`;
  return url.href;
}

if (import.meta.main) await runCommand(main, USAGE);
