import assert from "node:assert/strict";
import { createMetricsHandler } from "../../../shared/observability/mod.ts";
import { readGauges } from "../../../shared/observability/read-gauges.ts";
import { renderGauges } from "../../../shared/observability/render-gauges.ts";
import { createPlatform, type Platform, readConfig } from "../../../shared/platform/mod.ts";
import { parsePrometheus } from "../../support/http-prometheus.ts";

const TOKEN = "a token for the scraper";

function platformWith(env: Record<string, string>, database: typeof fetch = refusing): Platform {
  return createPlatform("metrics", {
    config: readConfig({
      SUPABASE_URL: "http://database.test",
      SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
      JWT_SECRET: "a shared secret of at least 32 characters",
      ...env,
    }),
    writeLog: () => {},
    fetch: database,
  });
}

function refusing(): Promise<Response> {
  return Promise.reject(new TypeError("connection refused"));
}

function handlerWith(env: Record<string, string>): (headers: HeadersInit) => Promise<number> {
  const handler = createMetricsHandler(platformWith(env));
  return async (headers) => {
    const response = await handler(new Request("http://functions.test/metrics", { headers }));
    await response.body?.cancel();
    return response.status;
  };
}

Deno.test("createMetricsHandler() lets in the secret key and METRICS_TOKEN as a bearer token", async () => {
  await using redis = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const commands: unknown = await request.json();
      return Response.json(Array.isArray(commands) ? commands.map(() => ({ result: [] })) : []);
    },
  );
  const get = handlerWith({
    METRICS_TOKEN: TOKEN.replaceAll(" ", "-"),
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redis.addr.port}`,
    UPSTASH_REDIS_REST_TOKEN: "token",
  });
  assert.equal(await get({ apikey: "sb_secret_1" }), 200);
  assert.equal(await get({ authorization: `Bearer ${TOKEN.replaceAll(" ", "-")}` }), 200);
  assert.equal(await get({ authorization: "Bearer another-token-entirely" }), 401);
  assert.equal(await get({}), 401);
});

const POSTGREST = "/rest/v1/rpc/";
const ping = { now: "2026-11-23T12:00:00Z" };

/** A database that answers these functions and no others. */
function answering(answers: Readonly<Record<string, unknown>>): typeof fetch {
  return (input) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const rpc = pathname.slice(POSTGREST.length);
    return Promise.resolve(
      rpc in answers
        ? Response.json(answers[rpc])
        : Response.json({ code: "PGRST202", message: "no such function" }, { status: 404 }),
    );
  };
}

async function scrape(
  env: Record<string, string>,
  database: typeof fetch,
): Promise<Map<string, number> | number> {
  const handler = createMetricsHandler(platformWith(env, database));
  const headers = { apikey: "sb_secret_1" };
  const response = await handler(new Request("http://functions.test/metrics", { headers }));
  const text = await response.text();
  return response.status === 200 ? parsePrometheus(text) : response.status;
}

interface Redis extends AsyncDisposable {
  readonly env: Record<string, string>;
}

function redisWith(...hash: string[]): Redis {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json([{ result: hash }]),
  );
  return {
    env: {
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${server.addr.port}`,
      UPSTASH_REDIS_REST_TOKEN: "token",
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const DEAD_REDIS = {
  // Nothing listens on the discard port.
  UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
  UPSTASH_REDIS_REST_TOKEN: "token",
};

Deno.test("createMetricsHandler() says 503 when neither Redis nor the database answers", async () => {
  assert.equal(await scrape(DEAD_REDIS, refusing), 503);
  assert.equal(await scrape({}, refusing), 503);
});

Deno.test("createMetricsHandler() says what the functions counted when the database is down", async () => {
  await using redis = redisWith("mobility_cache_errors_total", "7");
  assert.deepEqual(
    await scrape(redis.env, refusing),
    new Map([
      ["mobility_cache_errors_total", 7],
      ["mobility_cache_up", 1],
      ["mobility_database_up", 0],
    ]),
  );
});

Deno.test("createMetricsHandler() says what the database knows when Redis is down, or there is none", async () => {
  const database = answering({ ping });
  assert.deepEqual(
    await scrape(DEAD_REDIS, database),
    new Map([
      ["mobility_cache_up", 0],
      ["mobility_database_up", 1],
    ]),
  );
  assert.deepEqual(await scrape({}, database), new Map([["mobility_database_up", 1]]));
});

Deno.test("createMetricsHandler() shows the queues, the ETAs' errors and the gauges of the database", async () => {
  await using redis = redisWith();
  const queue = { pending: 3, oldest_s: 12, dead: 0 };
  const eta = { leg: "ride", vehicle_type: "moto", rides: 41, mean_error_s: -12 };
  const samples = await scrape(
    redis.env,
    answering({
      ping,
      eta_accuracy: [{ ...eta, mean_abs_error_s: 60, p90_abs_error_s: 150 }],
      queue_depths: { inbox: queue, outbox: { ...queue, dead: 2 }, deliveries: queue },
      operations_gauges: {
        mobility_trips_open: [{ labels: { vehicle_type: "cab", role: "driver" }, value: 4 }],
        mobility_sos_open: [{ value: 1 }],
        mobility_offer_response_seconds_bucket: [
          { labels: { le: "+Inf" }, value: 3 },
          { labels: { le: "10" }, value: 2 },
          { labels: { le: "2" }, value: 1 },
        ],
        mobility_offer_response_seconds_sum: [{ labels: {}, value: 21.5 }],
        mobility_offer_response_seconds_count: [{ labels: {}, value: 3 }],
      },
      database_gauges: {
        mobility_table_rows: [{ labels: { table: "trips", kind: "dead" }, value: 9 }],
      },
    }),
  );
  assert.ok(samples instanceof Map);
  const ride = 'leg="ride",vehicle_type="moto"';
  assert.deepEqual(Object.fromEntries(samples), {
    'mobility_queue_pending{queue="inbox"}': 3,
    'mobility_queue_pending{queue="outbox"}': 3,
    'mobility_queue_pending{queue="deliveries"}': 3,
    'mobility_queue_oldest_seconds{queue="inbox"}': 12,
    'mobility_queue_oldest_seconds{queue="outbox"}': 12,
    'mobility_queue_oldest_seconds{queue="deliveries"}': 12,
    'mobility_queue_dead{queue="inbox"}': 0,
    'mobility_queue_dead{queue="outbox"}': 2,
    'mobility_queue_dead{queue="deliveries"}': 0,
    [`mobility_eta_error_seconds{${ride},stat="mean"}`]: -12,
    [`mobility_eta_error_seconds{${ride},stat="mean_abs"}`]: 60,
    [`mobility_eta_error_seconds{${ride},stat="p90_abs"}`]: 150,
    [`mobility_eta_rides{${ride}}`]: 41,
    'mobility_trips_open{role="driver",vehicle_type="cab"}': 4,
    "mobility_sos_open": 1,
    'mobility_offer_response_seconds_bucket{le="2"}': 1,
    'mobility_offer_response_seconds_bucket{le="10"}': 2,
    'mobility_offer_response_seconds_bucket{le="+Inf"}': 3,
    "mobility_offer_response_seconds_sum": 21.5,
    "mobility_offer_response_seconds_count": 3,
    'mobility_table_rows{table="trips",kind="dead"}': 9,
    "mobility_cache_up": 1,
    "mobility_database_up": 1,
  });
});

Deno.test("renderGauges() leaves out what is of no known family, or has other labels than its own", () => {
  const page = renderGauges({
    mobility_next_year: [{ value: 1 }],
    mobility_sos_open: [{ labels: { city: "Kigali" }, value: 1 }],
    mobility_matches_live: [{ value: 1 }, { labels: { status: "pending" }, value: 2 }],
  });
  assert.deepEqual([...parsePrometheus(page)], [['mobility_matches_live{status="pending"}', 2]]);
  assert.equal(renderGauges({}), "");
});

Deno.test("readGauges() waits only so long for a database that hangs", async () => {
  let hanging = 0;
  const gaveUp = Promise.withResolvers<void>();
  const database = (_: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((_, reject) => {
      hanging++;
      init?.signal?.addEventListener("abort", () => {
        reject(init.signal?.reason);
        if (--hanging === 0) gaveUp.resolve();
      });
    });
  const platform = platformWith({ DATABASE_DEADLINE_MS: "300" }, database);
  const startedAt = performance.now();
  assert.deepEqual(await readGauges(platform, { patienceMs: 20 }), {});
  assert.ok(performance.now() - startedAt < 250);
  await gaveUp.promise;
});
