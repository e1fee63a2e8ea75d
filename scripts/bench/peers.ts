import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import postgres, { type Sql } from "postgres";
import { z } from "zod";
import { startRedisServer } from "../loopback/redis-server.ts";
import { freePorts } from "../loopback/free-ports.ts";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { fillCity, fillObviousTable } from "./city.ts";
import { fillMovement } from "./moving-city.ts";
import { agree } from "./peers/agreement.ts";
import {
  type Contestant,
  postgresContestant,
  respContestant,
  SEARCH,
} from "./peers/contestants.ts";
import { parentOf } from "./peers/server-cpu.ts";
import { startTile38 } from "./peers/tile38.ts";
import {
  describeMachine,
  publish,
  type Ratio,
  ratioOf,
  type Result,
  summarize,
} from "./results.ts";

const CLIENTS = 4;
const RIDES = 400;
/** Every driver pings every 30 s. */
const PING_S = 30;
const PLACES_TO_COMPARE = 200;
/** A process that ends is for a moment nowhere: no child any more, nor yet among those that ended. */
const SETTLE_MS = 500;

const USAGE = `deno task bench:peers [options]

  --json FILE   write the results there too
  --drivers N   live drivers, four fifths of them motos (26,000)
  --rounds N    rounds of each case (3)
  --seconds N   length of a round (5)
  --help        this text`;

const placeRow = z.object({ trip_id: z.string(), lat: z.number(), lng: z.number() });

/** What one contestant came to: rates of the rounds, and processor seconds for one search. */
interface Measured {
  readonly alone: number[];
  readonly beside: number[];
  readonly moved: number[];
  readonly cpuPerSearch: number[];
}

/** `deno task bench:peers`: the nearest nine drivers, found by this system and by others, side by side. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      json: { type: "string" },
      drivers: { type: "string", default: "26000" },
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "5" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const [drivers, rounds, seconds] = [values.drivers, values.rounds, values.seconds].map(Number);
  if (!drivers || !rounds || !seconds) throw new Error(`Options are numbers above 0\n\n${USAGE}`);
  await using stack = new AsyncDisposableStack();
  const server = stack.use(
    await startTemporaryPostgres({ settings: { shared_buffers: "1GB", jit: "off" } }),
  );
  const ports = freePorts(2);
  const redis = stack.use(await startRedisServer(ports));
  const tile38 = await startTile38(ports + 1);
  if (tile38 !== undefined) stack.use(tile38);

  const sql = postgres(server.url, { max: 2, onnotice: () => {} });
  stack.defer(() => sql.end());
  report(`${drivers} drivers: filling the city`);
  await migrate(sql);
  await fillCity(sql, drivers);
  await fillMovement(sql, { drivers, rides: RIDES });
  await fillObviousTable(sql);

  const places = z.array(placeRow).parse([
    ...await sql`select trip_id, lat, lng from mobility.live_drivers_moto where available`,
  ]);
  const pickups = z.array(placeRow).parse([
    ...await sql`
      select id as trip_id, pickup_lat as lat, pickup_lng as lng from mobility.trips
      where role = 'passenger' and vehicle_type = 'moto' and status = 'open'`,
  ]);
  const contestants = await enlist({ sql, url: server.url, drivers });
  const filled = { places, pickups };
  if (redis.pid === undefined) throw new Error("Redis has died");
  contestants.push(stack.use(
    await respContestant({
      name: "Redis GEOSEARCH",
      port: ports,
      pid: redis.pid,
      searchCommand: ({ lat, lng }) => [
        ...["GEOSEARCH", "motos", "FROMLONLAT", lng, lat, "BYRADIUS", SEARCH.radiusM, "m"],
        ...["ASC", "COUNT", SEARCH.limit, "WITHDIST"],
      ],
      moveCommands: (batch) => [[
        "GEOADD",
        "motos",
        ...batch.flatMap(({ trip_id, lat, lng }) => [lng, lat, trip_id]),
      ]],
      found: (answer) =>
        z.array(z.tuple([z.string()]).rest(z.unknown())).parse(answer).map(([id]) => id),
    }, filled),
  ));
  if (tile38 === undefined) {
    report("tile38-server is not on PATH: going on without Tile38");
  } else {
    contestants.push(stack.use(
      await respContestant({ name: "Tile38 NEARBY", ...tile38.contestant }, filled),
    ));
  }

  report("comparing what they find");
  const compared = { places, pickups: pickups.slice(0, PLACES_TO_COMPARE) };
  const [first, ...others] = contestants;
  if (first === undefined) throw new Error("There is nobody to measure");
  const ratios: Record<string, Ratio | number> = {};
  for (const other of others) {
    const { same, worstM } = await agree([first, other], compared);
    ratios[`${other.name}: share of places where it finds the same nine`] = same;
    ratios[`${other.name}: metres that its ninth is farther, at most`] = worstM;
  }

  const measured = await measure(contestants, { rounds, seconds, rate: drivers / PING_S });
  Object.assign(ratios, compare(measured, first.name));
  await publish({
    name: `peers, ${drivers} drivers, nearest ${SEARCH.limit} within ${SEARCH.radiusM} m`,
    date: new Date().toISOString(),
    machine: await describeMachine(server.url),
    results: resultsOf(measured),
    ratios,
  }, values.json);
  return 0;
}

async function enlist(
  { sql, url, drivers }: { readonly sql: Sql; readonly url: string; readonly drivers: number },
): Promise<Contestant[]> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  if (row === undefined) throw new Error("PostgreSQL does not say who it is");
  const shared = { url, pid: parentOf(row.pid), drivers };
  return [
    postgresContestant(sql, { ...shared, name: "search RPC", way: "rpc" }),
    postgresContestant(sql, { ...shared, name: "bare index scan", way: "bare rows" }),
    postgresContestant(sql, { ...shared, name: "radius, then sort", way: "obvious" }),
  ];
}

/** Everybody in turn, round by round, so that a machine that slows down slows all of them. */
async function measure(
  contestants: readonly Contestant[],
  { rounds, seconds, rate }: {
    readonly rounds: number;
    readonly seconds: number;
    readonly rate: number;
  },
): Promise<Map<string, Measured>> {
  const measured = new Map<string, Measured>();
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of contestants) {
      report(`round ${round} of ${rounds}: ${contestant.name}`);
      const figures = measured.get(contestant.name) ??
        { alone: [], beside: [], moved: [], cpuPerSearch: [] };
      measured.set(contestant.name, figures);
      await setTimeout(SETTLE_MS);
      const before = contestant.cpu();
      const alone = await contestant.search({ clients: CLIENTS, seconds });
      await setTimeout(SETTLE_MS);
      figures.alone.push(alone);
      figures.cpuPerSearch.push((contestant.cpu() - before) / (alone * seconds));
      const [beside, moved] = await Promise.all([
        contestant.search({ clients: CLIENTS, seconds }),
        contestant.move({ rate, seconds }),
      ]);
      figures.beside.push(beside);
      figures.moved.push(moved);
    }
  }
  return measured;
}

function resultsOf(measured: ReadonlyMap<string, Measured>): Result[] {
  return [...measured].flatMap(([name, { alone, beside, moved, cpuPerSearch }]) => [
    summarize(`${name}: alone`, alone, "searches/s"),
    summarize(`${name}: beside positions`, beside, "searches/s"),
    summarize(`${name}: positions meanwhile`, moved, "positions/s"),
    summarize(`${name}: the server's processor`, cpuPerSearch.map((s) => s * 1e6), "µs/search"),
  ]);
}

function compare(measured: ReadonlyMap<string, Measured>, first: string): Record<string, Ratio> {
  const ratios: Record<string, Ratio> = {};
  const own = measured.get(first);
  if (own === undefined) return ratios;
  const ratio = (over: readonly number[], under: readonly number[]): Ratio =>
    ratioOf(summarize("", over, ""), summarize("", under, ""));
  for (const [name, figures] of measured) {
    if (name === first) continue;
    ratios[`${first} over ${name}: searches/s alone`] = ratio(own.alone, figures.alone);
    ratios[`${first} over ${name}: searches/s beside positions`] = ratio(
      own.beside,
      figures.beside,
    );
    ratios[`${name} over ${first}: processor time of a search`] = ratio(
      figures.cpuPerSearch,
      own.cpuPerSearch,
    );
  }
  return ratios;
}

if (import.meta.main) await runCommand(main, USAGE);
