import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { z } from "zod";
import { percentile } from "../city/latencies.ts";
import { createRandom } from "../city/random.ts";
import { pointNear } from "../city/route.ts";
import { fillKigali, type Way } from "../load/kigali-city.ts";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import type { StackInfo } from "../stack/running.ts";
import { startBenchRedis } from "./bench-redis.ts";
import { startBenchStack } from "./bench-stack.ts";
import { describeMachine, publish, ratioOf, summarize } from "./results.ts";

const CASES = ["no such path", "search from the cache", "search from the database"] as const;
const PERCENTILES = [50, 95] as const;
/** The second passenger of a pair searches so near to the first one. */
const NEIGHBOUR_M = 150;
const WARM_UPS = 20;
const TRIES = 100;
/** What a call leaves to be done after its response is not to be in the next one's way. */
const SETTLE_MS = 60;

const USAGE = `deno task bench:cache [options]

  --json FILE   write the results there too
  --rounds N    rounds (5)
  --searches N  searches of each kind in a round (100)
  --drivers N   motos of the simulator's Kigali (26000)
  --quick       two rounds of 30`;

type Times = Record<typeof CASES[number], number[]>;

const opened = z.object({ trip: z.object({ id: z.string() }) });
const searched = z.object({ cached: z.boolean() });

/** `deno task bench:cache`: a search from the cache beside the same from the database, one at a time. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "string" },
      rounds: { type: "string", default: "5" },
      searches: { type: "string", default: "100" },
      drivers: { type: "string", default: "26000" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const [drivers, rounds, searches] = [
    Number(values.drivers),
    values.quick ? 2 : Number(values.rounds),
    values.quick ? 30 : Number(values.searches),
  ];
  if (!(drivers >= 1 && rounds >= 1 && searches >= 1)) {
    throw new Error(`Options are numbers above 0\n\n${USAGE}`);
  }
  await using server = await startTemporaryPostgres({
    durable: true,
    settings: { shared_buffers: "512MB", jit: "off" },
  });
  const sql = postgres(server.url, { max: 2, onnotice: () => {} });
  try {
    report(`filling the simulator's Kigali with ${drivers} motos`);
    await migrate(sql);
    const ways = (await fillKigali(sql, drivers)).values();
    await using redis = await startBenchRedis();
    await using stack = await startBenchStack({ DATABASE_URL: server.url, ...redis.env });
    await measure(stack.info, { ways, searches: WARM_UPS });
    const measured: Times[] = [];
    for (let round = 1; round <= rounds; round++) {
      report(`round ${round} of ${rounds}`);
      measured.push(await measure(stack.info, { ways, searches }));
    }
    const of = (name: typeof CASES[number], percent: number): ReturnType<typeof summarize> =>
      summarize(
        `${name}, p${percent}`,
        measured.map((times) => percentile(times[name], percent)),
        "ms",
      );
    await publish({
      name: `cache, ${drivers} motos, one call at a time`,
      date: new Date().toISOString(),
      machine: `${await describeMachine(server.url)}, ${redis.name}`,
      results: CASES.flatMap((name) => PERCENTILES.map((percent) => of(name, percent))),
      ratios: Object.fromEntries(PERCENTILES.map((percent) => [
        `from the cache over from the database, p${percent}`,
        ratioOf(of("search from the cache", percent), of("search from the database", percent)),
      ])),
    }, values.json);
  } finally {
    await sql.end({ timeout: 5 });
  }
  return 0;
}

/** Of each pair of neighbours one finds nothing in the cache, and the other what the first one left there. */
async function measure(
  info: StackInfo,
  { ways, searches }: { ways: Iterator<Way>; searches: number },
): Promise<Times> {
  const times: Times = {
    "no such path": [],
    "search from the cache": [],
    "search from the database": [],
  };
  const random = createRandom(1);
  for (let search = 0; search < searches; search++) {
    const { value: way } = ways.next();
    if (way === undefined) throw new Error("There are no more ways: ask for fewer searches");
    await flush(info);
    const first = await openTrip(info, way);
    const near = pointNear(way.pickup, { radiusM: NEIGHBOUR_M, random });
    const second = await openTrip(info, { ...way, pickup: near });
    await setTimeout(SETTLE_MS);
    const fresh = await find(info, first);
    await setTimeout(SETTLE_MS);
    // What the pair before has left after the flush: not what is measured here.
    if (fresh.cached) continue;
    // What is kept after the response takes a moment.
    for (let tries = 0; !(await find(info, second)).cached; tries++) {
      if (tries === TRIES) throw new Error("A search next door is not answered from the cache");
    }
    await setTimeout(SETTLE_MS);
    const cached = await find(info, second);
    if (!cached.cached) throw new Error("A search was answered from the cache, and then not");
    times["search from the database"].push(fresh.ms);
    times["search from the cache"].push(cached.ms);
    await setTimeout(SETTLE_MS);
    times["no such path"].push((await post(info, { path: "orchestrator/nothing", body: {} })).ms);
  }
  return times;
}

async function flush(info: StackInfo): Promise<void> {
  const response = await fetch(info.redis_rest_url, {
    method: "POST",
    headers: { authorization: `Bearer ${info.redis_rest_token}` },
    body: JSON.stringify(["FLUSHDB"]),
  });
  await response.body?.cancel();
}

async function openTrip(info: StackInfo, way: Way): Promise<string> {
  const { text } = await post(info, {
    path: "orchestrator/trips",
    body: { user_id: crypto.randomUUID(), role: "passenger", vehicle_type: "moto", ...way },
  });
  return opened.parse(JSON.parse(text)).trip.id;
}

async function find(info: StackInfo, tripId: string): Promise<{ cached: boolean; ms: number }> {
  const { text, ms } = await post(info, {
    path: "orchestrator/find-drivers",
    body: { passenger_trip_id: tripId, limit: 9 },
  });
  return { ...searched.parse(JSON.parse(text)), ms };
}

async function post(
  info: StackInfo,
  { path, body }: { path: string; body: unknown },
): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now();
  const response = await fetch(`${info.functions_url}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", apikey: info.secret_key },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { text, ms: performance.now() - startedAt };
}

if (import.meta.main) await runCommand(main, USAGE);
