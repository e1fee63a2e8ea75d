import { fileURLToPath } from "node:url";
import { freePorts } from "../../loopback/free-ports.ts";
import { type RedisServer, startRedisServer } from "../../loopback/redis-server.ts";
import { openTcpProxy, type TcpProxy } from "../../loopback/tcp-proxy.ts";
import { startTemporaryPostgres } from "../../postgres/temporary-postgres.ts";
import { type Stack, startStack } from "../../stack/stack.ts";
import { type Monitoring, startMonitoring } from "../monitoring.ts";
import { Notifications } from "./notifications.ts";

/** The whole system with a real PostgreSQL and a real Redis, watched, and with handles to break it. */
export interface Rehearsal extends AsyncDisposable {
  readonly stack: Stack;
  readonly monitoring: Monitoring;
  readonly notifications: Notifications;
  /** Between the functions and the database. */
  readonly database: TcpProxy;
  readonly redis: RedisServer;
}

/** How to rehearse. */
export interface RehearsalOptions {
  /** How many times shorter every duration of the configuration is. */
  readonly scale: number;
  readonly onProgress: (line: string) => void;
  /** Ends it, with everything cleaned up. */
  readonly signal?: AbortSignal;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
const PORTS = 24;
const LIFE_EVERY_MS = 1000;

/** Starts everything; whatever was started is stopped again when something cannot. */
export async function startRehearsal(
  { scale, onProgress }: RehearsalOptions,
): Promise<Rehearsal> {
  await using starting = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "mobility-drill-" });
  starting.defer(() => Deno.remove(folder, { recursive: true }));
  const from = freePorts(PORTS);

  onProgress("starting PostgreSQL and Redis");
  const postgres = starting.use(await startTemporaryPostgres());
  const address = new URL(postgres.url);
  const database = starting.use(openTcpProxy(Number(address.port)));
  address.port = String(database.port);
  const redis = starting.use(await startRedisServer(from));

  onProgress("starting the stack");
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = Deno.env.toObject();
  const stack = await startStack({
    root: ROOT,
    data: `${folder}/stack`,
    portsFrom: from + 4,
    env: { ...env, DATABASE_URL: address.href, REDIS_URL: redis.url },
  });
  starting.defer(() => stack.close());

  onProgress("starting Prometheus, Alertmanager and the blackbox exporter");
  const notifications = starting.use(new Notifications());
  const monitoring = starting.use(
    await startMonitoring({
      folder: `${folder}/ops`,
      projectUrl: stack.url,
      token: stack.info.service_role_key,
      ports: { prometheus: from + 1, alertmanager: from + 2, blackbox: from + 3 },
      scale,
      webhookUrl: notifications.url,
    }),
  );
  const life = setInterval(() => void search(stack), LIFE_EVERY_MS);
  starting.defer(() => clearInterval(life));

  const running = starting.move();
  return {
    stack,
    monitoring,
    notifications,
    database,
    redis,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** A search a second: a little life, so that there is something to measure. */
async function search({ info }: Stack): Promise<void> {
  try {
    const response = await fetch(`${info.functions_url}/matching/find-nearby`, {
      method: "POST",
      headers: { apikey: info.secret_key, "content-type": "application/json" },
      body: JSON.stringify({ role: "driver", vehicle_type: "moto", lat: -1.9441, lng: 30.0619 }),
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
  } catch {
    // Something is broken on purpose.
  }
}
