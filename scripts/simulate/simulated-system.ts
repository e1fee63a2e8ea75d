import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { orchestratorEndpoints } from "../../shared/orchestrator/mod.ts";
import {
  createHandler,
  createPlatform,
  type Platform,
  readConfig,
} from "../../shared/platform/mod.ts";
import { createStrategies } from "../../shared/ranking/mod.ts";
import { trackingEndpoints } from "../../shared/tracking/mod.ts";
import type { Latencies } from "../city/latencies.ts";
import { ServiceClient } from "../city/service-client.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { openPostgres } from "../stack/database.ts";
import { readProject } from "../stack/project.ts";
import { MemoryRedis } from "../stack/redis/memory-redis.ts";
import { createRedisFront } from "../stack/redis/rest-front.ts";
import { createRestHandler } from "../stack/rest.ts";
import { emptyCity } from "./empty-city.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** The whole system on simulated time: a PostgreSQL and a Redis of its own, and the functions in this process. */
export interface SimulatedSystem extends AsyncDisposable {
  readonly clock: SimulatedClock;
  readonly client: ServiceClient;
  /** The database, to look at; nothing is changed by it once a simulation runs. */
  readonly sql: Sql;
  /** Waits for what functions do after their responses. */
  settle(): Promise<void>;
  /** How many searches there were so far, and how many of them the cache answered. */
  searches(): Promise<Searches>;
}

/** Searches for drivers, by the functions' own counters. */
export interface Searches {
  readonly all: number;
  readonly cached: number;
}

/** How to start it. */
export interface SimulatedSystemOptions {
  /** When it begins, in epoch milliseconds. */
  readonly nowMs: number;
  /** What ids are made of, as everything else is. */
  readonly seed: number;
  readonly latencies: Latencies;
  /** Calls the functions' handlers, without HTTP between. */
  readonly isDirect: boolean;
  readonly onProgress: (line: string) => void;
}

type Handler = (request: Request) => Promise<Response>;

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const SECRET_KEY = "sb_secret_of_a_simulation";
const REDIS_TOKEN = "token-of-a-simulation";
const PROJECT_URL = "http://project.invalid";
const DIRECT_URL = "http://functions.invalid";
/** A slow moment of the machine must not change what happens. */
const PATIENCE_MS = { CACHE_DEADLINE_MS: "5000", DATABASE_DEADLINE_MS: "60000" };

/**
 * Starts it, migrated, with Kigali's places and tariffs and nobody in it.
 * @throws {PostgresNotFoundError} and {FaketimeNotFoundError}, which say what to install
 */
export async function startSimulatedSystem(
  options: SimulatedSystemOptions,
): Promise<SimulatedSystem> {
  const stack = new AsyncDisposableStack();
  try {
    const clock = await SimulatedClock.create(options.nowMs);
    stack.defer(() => clock.close());
    options.onProgress("starting PostgreSQL on simulated time");
    const server = stack.use(
      await startTemporaryPostgres({
        clockFile: clock.file,
        settings: {
          // Jobs are the simulation's to run, and so is vacuum: both would follow the machine's pace.
          shared_preload_libraries: "",
          autovacuum: "off",
          shared_buffers: "256MB",
          jit: "off",
        },
      }),
    );
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    stack.defer(() => sql.end({ timeout: 5 }));
    const project = await readProject(ROOT);
    const database = await openPostgres(server.url, {
      supabase: project.supabase,
      onProgress: () => {},
    });
    stack.defer(() => database.close());
    await emptyCity(sql, options.seed);
    const redis = await MemoryRedis.create({ now: () => clock.nowMs });
    stack.defer(() => redis.close());
    const front = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      createRedisFront({ redis, token: REDIS_TOKEN }),
    );
    stack.defer(() => front.shutdown());
    const rest = await createRestHandler(database, project);
    const pending = new Set<Promise<void>>();
    const handler = createFunctions({
      redisUrl: `http://127.0.0.1:${front.addr.port}`,
      database: (request) => rest(request, { role: "service_role" }),
      afterResponse: (work, { afterMs } = {}) => {
        // What waits, waits for the time of this machine: the simulation does it, at its own time.
        if (afterMs !== undefined) return;
        const done = work().finally(() => pending.delete(done));
        pending.add(done);
      },
      onProgress: options.onProgress,
    });
    const settle = async (): Promise<void> => {
      while (pending.size > 0) await Promise.all(pending);
    };
    const functions = options.isDirect ? direct(handler) : served(handler, stack);
    stack.use(clock.install());
    const disposable = stack.move();
    return {
      clock,
      sql,
      settle,
      searches: async () => {
        await settle();
        return await countSearches(redis);
      },
      client: new ServiceClient({
        ...functions,
        secretKey: SECRET_KEY,
        latencies: options.latencies,
        findInLog: () => "Its log is above",
      }),
      [Symbol.asyncDispose]: () => disposable.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function countSearches(redis: MemoryRedis): Promise<Searches> {
  const replies = await redis.run(
    (["hit", "miss"] as const).map((
      result,
    ) => ["HGET", "mobility:metrics", `mobility_cache_requests_total{result="${result}"}`]),
  );
  const [hits = 0, misses = 0] = replies.map((reply) => Number(reply ?? 0));
  return { all: hits + misses, cached: hits };
}

/** The functions that rides need, as their index.ts put them together, behind one handler. */
function createFunctions(options: {
  readonly redisUrl: string;
  readonly database: Handler;
  readonly afterResponse: Platform["afterResponse"];
  readonly onProgress: (line: string) => void;
}): Handler {
  const config = readConfig({
    SUPABASE_URL: PROJECT_URL,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: SECRET_KEY }),
    UPSTASH_REDIS_REST_URL: options.redisUrl,
    UPSTASH_REDIS_REST_TOKEN: REDIS_TOKEN,
    LOG_LEVEL: "warn",
    ...PATIENCE_MS,
  });
  const strategies = createStrategies(undefined);
  const handlers = new Map(
    (["orchestrator", "tracking"] as const).map((name) => {
      const platform = {
        ...createPlatform(name, {
          config,
          fetch: (input, init) => options.database(new Request(input, init)),
          writeLog: options.onProgress,
        }),
        afterResponse: options.afterResponse,
      };
      const endpoints = name === "tracking"
        ? trackingEndpoints(platform)
        : orchestratorEndpoints(platform, strategies);
      return [name as string, createHandler(platform, { name, endpoints, needsDatabase: true })];
    }),
  );
  return async (request) => {
    const name = new URL(request.url).pathname.split("/")[1] ?? "";
    return await handlers.get(name)?.(request) ?? new Response(null, { status: 404 });
  };
}

type Functions = { readonly functionsUrl: string; readonly fetch?: typeof fetch };

function direct(handler: Handler): Functions {
  return {
    functionsUrl: DIRECT_URL,
    fetch: (input, init) => handler(new Request(input, init)),
  };
}

function served(handler: Handler, stack: AsyncDisposableStack): Functions {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  stack.defer(() => server.shutdown());
  return { functionsUrl: `http://127.0.0.1:${server.addr.port}` };
}
