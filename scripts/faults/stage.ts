import { fileURLToPath } from "node:url";
import postgres, { type Sql } from "postgres";
import { freePorts } from "../loopback/free-ports.ts";
import { type RedisServer, startRedisServer } from "../loopback/redis-server.ts";
import { openTcpProxy, type TcpProxy } from "../loopback/tcp-proxy.ts";
import { FaketimeNotFoundError, findFaketimeLibrary } from "../postgres/faketime-library.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import { DatabaseServer } from "./database-server.ts";

/** The whole system, with handles to break each part of it. */
export interface Stage extends AsyncDisposable {
  readonly stack: Stack;
  readonly postgres: DatabaseServer;
  /** A way to the database that no fault but the server's own is in. */
  readonly sql: Sql;
  readonly redis: RedisServer;
  /** Between the functions and what they need. */
  readonly doors: {
    readonly database: TcpProxy;
    readonly redis: TcpProxy;
    readonly graph: TcpProxy;
  };
  /** Puts the functions' clocks forward, or back; undefined without libfaketime. */
  readonly setClocks: ((seconds: number) => Promise<void>) | undefined;
}

/** Whom to tell how far it is. */
export interface StageOptions {
  readonly onProgress: (line: string) => void;
  /** One line that a function, or the stack, wrote. */
  readonly onLog: (line: string) => void;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const PORTS = 24;
/** The stack's Graph API is the fourth of its ports; the stack begins with the second of ours. */
const STACK_FROM = 1;
const GRAPH_PORT = STACK_FROM + 3;
const CONNECTIONS = 60;

/** Starts everything, with nobody in it; whatever was started is stopped again when something cannot. */
export async function openStage({ onProgress, onLog }: StageOptions): Promise<Stage> {
  await using starting = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "mobility-faults-" });
  starting.defer(() => Deno.remove(folder, { recursive: true }));
  const from = freePorts(PORTS);

  onProgress("starting PostgreSQL and Redis");
  // What was committed has to be there after a crash.
  const server = starting.use(
    await DatabaseServer.start({
      durable: true,
      settings: { max_connections: String(CONNECTIONS) },
    }),
  );
  const [database, direct] = [openTcpProxy(server.port), openTcpProxy(server.port)];
  for (const door of [database, direct]) server.lead(starting.use(door));
  const redis = starting.use(await startRedisServer(from));
  const redisDoor = starting.use(openTcpProxy(from));
  const graph = starting.use(openTcpProxy(from + GRAPH_PORT));
  const clock = await clockOfFunctions(`${folder}/clock`);
  if (clock === undefined) {
    onProgress("without libfaketime, no clock goes wrong: apt-get install -y libfaketime");
  }

  onProgress("starting the stack");
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = Deno.env.toObject();
  const stack = await startStack({
    root: ROOT,
    data: `${folder}/stack`,
    portsFrom: from + STACK_FROM,
    env: {
      ...env,
      ...clock?.variables,
      DATABASE_URL: urlThrough(database, server.url),
      REDIS_URL: `redis://127.0.0.1:${redisDoor.port}`,
      WHATSAPP_GRAPH_URL: `http://127.0.0.1:${graph.port}/v26.0`,
    },
    onLog,
    onProgress: onLog,
  });
  starting.defer(() => stack.close());
  const sql = postgres(urlThrough(direct, server.url), {
    max: 3,
    onnotice: () => {},
    connect_timeout: 5,
  });
  starting.defer(() => sql.end({ timeout: 2 }));
  // The seed's people are in nobody's hands.
  await sql`truncate mobility.profiles, mobility.live_positions, mobility.hourly_totals cascade`;

  const running = starting.move();
  return {
    stack,
    postgres: server,
    sql,
    redis,
    doors: { database, redis: redisDoor, graph },
    setClocks: clock?.set,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The clock that the functions read from a file; looked at once a second. */
async function clockOfFunctions(file: string): Promise<
  | {
    readonly variables: Readonly<Record<string, string>>;
    readonly set: (seconds: number) => Promise<void>;
  }
  | undefined
> {
  try {
    const library = await findFaketimeLibrary();
    const set = (seconds: number): Promise<void> =>
      Deno.writeTextFile(file, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
    await set(0);
    return {
      set,
      variables: {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_CACHE_DURATION: "1",
        // Waiting is by the monotonic clock; each version of the library knows another name.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        DONT_FAKE_MONOTONIC: "1",
      },
    };
  } catch (error) {
    if (error instanceof FaketimeNotFoundError) return undefined;
    throw error;
  }
}

function urlThrough(door: TcpProxy, to: string): string {
  const url = new URL(to);
  url.port = String(door.port);
  return url.href;
}
