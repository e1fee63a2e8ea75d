import { parseArgs } from "node:util";
import postgres, { type Sql } from "postgres";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { fillCity } from "./city.ts";
import { BATCH, batchScript, fillMovement, type PoolSizes, poolSizes } from "./moving-city.ts";
import { pgbench } from "./pgbench.ts";
import {
  describeMachine,
  publish,
  type Ratio,
  ratioOf,
  type Result,
  summarize,
} from "./results.ts";
import { searchScript } from "./search-cases.ts";

const RIDES = 400;
const SEARCHERS = 4;
const WRITERS = 4;

const USAGE = `deno task bench:tracking [options]

  --json FILE      write the results there too
  --seconds N      how long positions come in while searches run (300)
  --drivers N      live drivers (26,000)
  --positions N    positions a second that come in (10,500)
  --quick          20 seconds
  --help           this text`;

/** What a run was asked for. */
interface Plan {
  readonly url: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly drivers: number;
  readonly positions: number;
}

/** `deno task bench:tracking`: positions and searches side by side, on a PostgreSQL of its own. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "string" },
      seconds: { type: "string", default: "300" },
      drivers: { type: "string", default: "26000" },
      positions: { type: "string", default: "10500" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  // As on the hosted service: commits wait for the disk, autovacuum looks once a minute.
  await using server = await startTemporaryPostgres({
    durable: true,
    settings: { shared_buffers: "1GB", max_wal_size: "4GB", jit: "off" },
  });
  const plan: Plan = {
    url: server.url,
    seconds: values.quick ? 20 : Number(values.seconds),
    rounds: values.quick ? 2 : 5,
    drivers: Number(values.drivers),
    positions: Number(values.positions),
  };
  const sql = postgres(plan.url, { max: 1, onnotice: () => {} });
  try {
    report(`${plan.drivers} drivers, ${RIDES} of them in rides: filling the city`);
    await migrate(sql, { realtime: true });
    // Supabase's Realtime reads what is sent from the write-ahead log, and makes nobody's commit wait.
    await sql`drop trigger notify_message on realtime.messages`;
    await fillCity(sql, plan.drivers);
    await fillMovement(sql, { drivers: plan.drivers, rides: RIDES });
    const measured = await measure(plan, sql);
    await publish({
      name: "tracking",
      date: new Date().toISOString(),
      machine: await describeMachine(plan.url),
      ...measured,
    }, values.json);
  } finally {
    await sql.end();
  }
  return 0;
}

async function measure(
  plan: Plan,
  sql: Sql,
): Promise<{ results: Result[]; ratios: Record<string, Ratio | number> }> {
  const aloneS = Math.max(4, Math.min(15, plan.seconds / plan.rounds / 4));
  report("positions alone, as many as can be");
  const most = await positions(plan, { seconds: aloneS });
  await sql`vacuum analyze mobility.live_positions`;

  const sizes: PoolSizes[] = [await poolSizes(sql)];
  const [alone, beside, taken]: [number[], number[], number[]] = [[], [], []];
  // In turn, so that a machine that slows down slows both.
  for (let round = 1; round <= plan.rounds; round++) {
    report(`round ${round} of ${plan.rounds}: searches alone, then beside positions`);
    alone.push(await searches(plan, aloneS));
    const seconds = Math.ceil(plan.seconds / plan.rounds);
    const [searched, moved] = await Promise.all([
      searches(plan, seconds),
      positions(plan, { seconds, rate: plan.positions }),
    ]);
    beside.push(searched);
    taken.push(moved);
    sizes.push(await poolSizes(sql));
  }

  const arrived = summarize("positions beside searches", taken, "positions/s");
  const [searched, besides] = [
    summarize("searches alone", alone, "searches/s"),
    summarize("searches beside positions", beside, "searches/s"),
  ];
  const wanted = summarize("", taken.map(() => 10_000), "positions/s");
  return {
    results: [
      summarize("positions alone, as many as can be", [most], "positions/s"),
      arrived,
      searched,
      besides,
      ...sizeResults(sizes),
    ],
    ratios: {
      "positions/s over the 10,000 asked for": ratioOf(arrived, wanted),
      "searches beside positions over searches alone": ratioOf(besides, searched),
      ...growth(sizes),
    },
  };
}

function sizeResults(sizes: readonly PoolSizes[]): Result[] {
  return stages(sizes).flatMap(([when, size]) => [
    summarize(`pools at the ${when}: tables`, [size.heap], "MiB"),
    summarize(`pools at the ${when}: indexes`, [size.indexes], "MiB"),
    summarize(`pools at the ${when}: dead tuples`, [size.dead], "tuples"),
  ]);
}

function growth(sizes: readonly PoolSizes[]): Record<string, number> {
  const { start, middle, end } = Object.fromEntries(stages(sizes));
  if (start === undefined || middle === undefined || end === undefined) return {};
  return {
    "tables, end over middle": end.heap / middle.heap,
    "indexes, end over middle": end.indexes / middle.indexes,
    "times autovacuum came to a pool": end.vacuums - start.vacuums,
  };
}

function stages(sizes: readonly PoolSizes[]): [string, PoolSizes][] {
  const at: [string, number][] = [
    ["start", 0],
    ["middle", Math.floor(sizes.length / 2)],
    ["end", sizes.length - 1],
  ];
  return at.flatMap(([when, i]) => {
    const size = sizes[i];
    return size === undefined ? [] : [[when, size] satisfies [string, PoolSizes]];
  });
}

async function searches(plan: Plan, seconds: number): Promise<number> {
  return await pgbench({
    url: plan.url,
    script: searchScript("rpc", "moto"),
    clients: SEARCHERS,
    seconds,
  });
}

async function positions(
  plan: Plan,
  { seconds, rate }: { readonly seconds: number; readonly rate?: number },
): Promise<number> {
  const batches = await pgbench({
    url: plan.url,
    script: batchScript(plan.drivers),
    clients: WRITERS,
    seconds,
    ...(rate === undefined ? {} : { rate: rate / BATCH }),
  });
  return batches * BATCH;
}

if (import.meta.main) await runCommand(main, USAGE);
