import { parseArgs } from "node:util";
import postgres, { type Sql } from "postgres";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { fillCity } from "./city.ts";
import { BATCH, batchScript, fillMovement, type PoolSizes, poolSizes } from "./moving-city.ts";
import { pgbench } from "./pgbench.ts";
import { describeMachine, publish, type Result, summarize } from "./results.ts";
import { searchScript } from "./search-cases.ts";

const RIDES = 400;
const SEARCHERS = 4;
const WRITERS = 4;

const USAGE = `deno task bench:tracking [options]

  --json FILE      write the results there too
  --seconds N      how long positions come in while searches run (300)
  --drivers N      live drivers (26,000)
  --positions N    positions a second that come in (10,500)
  --quick          20 seconds`;

/** What a run was asked for. */
interface Plan {
  readonly url: string;
  readonly seconds: number;
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
    },
  });
  // As on the hosted service: commits wait for the disk, autovacuum looks once a minute.
  await using server = await startTemporaryPostgres({
    durable: true,
    settings: { shared_buffers: "1GB", max_wal_size: "4GB", jit: "off" },
  });
  const plan: Plan = {
    url: server.url,
    seconds: values.quick ? 20 : Number(values.seconds),
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
): Promise<{ results: Result[]; ratios: Record<string, number> }> {
  const aloneS = Math.max(5, Math.min(20, plan.seconds / 5));
  report("searches alone, then positions alone, as many as can be");
  const before = await searches(plan, aloneS);
  const most = await positions(plan, { seconds: aloneS });
  await sql`vacuum analyze mobility.live_positions`;

  report(`searches beside ${plan.positions} positions/s, ${plan.seconds} s`);
  const sizes: PoolSizes[] = [await poolSizes(sql)];
  const look = async (): Promise<void> => {
    sizes.push(await poolSizes(sql));
  };
  const middle = setTimeout(look, plan.seconds * 500);
  const [beside, taken] = await Promise.all([
    searches(plan, plan.seconds),
    positions(plan, { seconds: plan.seconds, rate: plan.positions }),
  ]);
  clearTimeout(middle);
  await look();
  report("searches alone again");
  const after = await searches(plan, aloneS);

  const alone = summarize("searches alone", [before, after], "searches/s");
  const quiet = (before + after) / 2;
  return {
    results: [
      alone,
      summarize("positions alone, as many as can be", [most], "positions/s"),
      summarize("positions beside searches", [taken], "positions/s"),
      summarize("searches beside positions", [beside], "searches/s"),
      ...sizeResults(sizes),
    ],
    ratios: {
      "searches beside positions over searches alone": beside / quiet,
      "positions/s over the 10,000 asked for": taken / 10_000,
      ...growth(sizes),
    },
  };
}

function sizeResults(sizes: readonly PoolSizes[]): Result[] {
  return sizes.flatMap((size, i) => {
    const when = i === 0 ? "start" : i === sizes.length - 1 ? "end" : "middle";
    return [
      summarize(`pools at the ${when}: tables`, [size.heap], "MiB"),
      summarize(`pools at the ${when}: indexes`, [size.indexes], "MiB"),
      summarize(`pools at the ${when}: dead tuples`, [size.dead], "tuples"),
    ];
  });
}

function growth(sizes: readonly PoolSizes[]): Record<string, number> {
  const [start, middle, end] = sizes;
  if (start === undefined || middle === undefined || end === undefined) return {};
  return {
    "tables, end over middle": end.heap / middle.heap,
    "indexes, end over middle": end.indexes / middle.indexes,
    "times autovacuum came": end.vacuums - start.vacuums,
  };
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
