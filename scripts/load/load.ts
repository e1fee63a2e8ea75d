import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { startBenchRedis } from "../bench/bench-redis.ts";
import { startBenchStack } from "../bench/bench-stack.ts";
import { describeMachine, writeReport } from "../bench/results.ts";
import { NOBODY_TWICE } from "../invariants/bound-once.ts";
import { findBreaches } from "../invariants/breaches.ts";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { findK6, type K6Result, runK6 } from "./k6.ts";
import { fillKigali } from "./kigali-city.ts";

const SCRIPTS = ["city", "kigali", "find-drivers", "full-ride", "webhook", "tracking"] as const;
/** Of the city's users; every user of the script "tracking". */
const GATEWAY_SHARE = 0.1;
const USERS = 1000;
/** Sixteen hasty rides a second are some 220 people at once, 30 of anything else are enough. */
const SHORT_USERS = { kigali: 300, others: 30 };
const POSTGRES_MB = 2048;

const USAGE = `deno task load [script] [options]

  script          ${SCRIPTS.join(", ")} (city: all of them together;
                  kigali: 16 rides a second whatever happens, and every driver's pings)

  --users N       people at once (1000)
  --duration T    how long all of them are there, such as 2m (2m)
  --ramp-up T     how long they take to come (30s)
  --drivers N     motos that are online (26000)
  --json FILE     write the results there too
  --short         30 hasty users (kigali: 300) for 15 seconds, 2,000 drivers: nothing may fail; how fast it
                  was is shown and not judged
  --help          this text

Needs k6: go install go.k6.io/k6@latest, or K6=<its path>.`;

/** `deno task load`: people with the pauses of people, on a stack of their own. Exit code 1: a threshold was not kept. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      users: { type: "string" },
      duration: { type: "string" },
      "ramp-up": { type: "string" },
      drivers: { type: "string" },
      json: { type: "string" },
      short: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const script = SCRIPTS.find((name) => name === (positionals[0] ?? "city"));
  if (script === undefined || positionals.length > 1) {
    throw new Error(`There is no script "${positionals.join(" ")}"\n\n${USAGE}`);
  }
  const few = script === "kigali" ? SHORT_USERS.kigali : SHORT_USERS.others;
  const users = Number(values.users ?? (values.short ? few : USERS));
  const drivers = Number(values.drivers ?? (values.short ? 2_000 : 26_000));
  if (!(users >= 1 && drivers >= 500)) {
    throw new Error(`--users is at least 1, --drivers at least 500\n\n${USAGE}`);
  }
  const k6 = await findK6();

  // As on the smallest hosted machine that is for production: 2 GB, a quarter of them for shared buffers.
  await using server = await startTemporaryPostgres({
    durable: true,
    memoryBytes: POSTGRES_MB * 2 ** 20,
    settings: { shared_buffers: "512MB", max_wal_size: "2GB", jit: "off" },
  });
  const sql = postgres(server.url, { max: 2, onnotice: () => {} });
  const folder = await Deno.makeTempDir({ prefix: "mobility-load-" });
  try {
    report(`load: filling the simulator's Kigali with ${drivers} motos`);
    await migrate(sql);
    const ways = await fillKigali(sql, drivers);
    const waysFile = `${folder}/ways.json`;
    await Deno.writeTextFile(waysFile, JSON.stringify(ways));
    const driversFile = `${folder}/drivers.json`;
    await Deno.writeTextFile(driversFile, JSON.stringify(await onlineDrivers(sql)));
    report("load: starting the stack");
    await using redis = await startBenchRedis();
    await using stack = await startBenchStack({ DATABASE_URL: server.url, ...redis.env });
    const { info } = stack;
    const result = await runK6(
      fileURLToPath(new URL(`../../tests/load/${script}.ts`, import.meta.url)),
      {
        k6,
        env: {
          FUNCTIONS_URL: info.functions_url,
          SECRET_KEY: info.secret_key,
          WHATSAPP_APP_SECRET: info.whatsapp_app_secret,
          DRIVERS_FILE: driversFile,
          WAYS_FILE: waysFile,
          USERS: String(users),
          GATEWAYS: String(
            script === "city" || script === "kigali" ? Math.round(users * GATEWAY_SHARE) : users,
          ),
          SHORT: values.short ? "1" : "0",
          PACE: values.short ? "0.2" : "1",
          DURATION: values.duration ?? (values.short ? "15s" : "2m"),
          RAMP_UP: values["ramp-up"] ?? (values.short ? "5s" : "30s"),
        },
      },
    );
    const peak = await server.peakMemory();
    const peakMb = peak === undefined ? undefined : Math.round(peak / 2 ** 20);
    const broken = (await findBreaches(sql, [NOBODY_TWICE])).length;
    const outcome = {
      script,
      date: new Date().toISOString(),
      machine: `${await describeMachine(server.url)}, ${redis.name}`,
      drivers,
      ...result,
      double_bookings: broken,
      ...(peakMb === undefined
        ? {}
        : { postgres_memory: { limit_mb: POSTGRES_MB, peak_mb: peakMb } }),
    };
    show(result, broken);
    print(
      peakMb === undefined
        ? "PostgreSQL's memory: not limited on this machine"
        : `PostgreSQL's memory: at most ${POSTGRES_MB} MB, its files' cache included; it had ${peakMb}`,
    );
    if (values.json !== undefined) await writeReport(outcome, values.json);
    return result.kept && broken === 0 ? 0 : 1;
  } finally {
    await sql.end({ timeout: 5 });
    await Deno.remove(folder, { recursive: true });
  }
}

async function onlineDrivers(sql: Sql): Promise<unknown[]> {
  return [
    ...await sql`select trip_id, lat, lng from mobility.live_positions where role = 'driver' and available`,
  ];
}

function show({ calls, ...result }: K6Result, broken: number): void {
  print("");
  print(
    `${"call".padEnd(18)}${
      ["count", "p50 ms", "p95 ms", "p99 ms", "max ms"].map((head) => head.padStart(9)).join("")
    }`,
  );
  for (const { call, count, medMs, p95Ms, p99Ms, maxMs } of calls) {
    const figures = [count, ...[medMs, p95Ms, p99Ms, maxMs].map(Math.round)];
    print(`${call.padEnd(18)}${figures.map((figure) => String(figure).padStart(9)).join("")}`);
  }
  print("");
  print(`${result.users} users, ${result.requests} requests, ${result.requestsPerS.toFixed(1)}/s`);
  if (result.searches !== undefined) {
    const { hitRate, cachedMs, uncachedMs } = result.searches;
    print(
      `searches from the cache: ${(hitRate * 100).toFixed(1)}%, p50 ${
        cachedMs.toFixed(0)
      } ms; others ${uncachedMs.toFixed(0)} ms`,
    );
  }
  print(`failed: ${(result.failed * 100).toFixed(4)}%, people in two rides: ${broken}`);
  print(
    result.kept ? "every threshold was kept" : "A THRESHOLD WAS NOT KEPT: see k6's summary above",
  );
}

if (import.meta.main) await runCommand(main, USAGE);
