import assert from "node:assert/strict";
import { renderQueueGauges } from "../../../shared/observability/queue-gauges.ts";
import { createMetricsHandler } from "../../../shared/observability/mod.ts";
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

Deno.test("createMetricsHandler() says 503 when there is no Redis or it does not answer", async () => {
  const headers = { apikey: "sb_secret_1" };
  assert.equal(await handlerWith({})(headers), 503);
  const down = handlerWith({
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
    UPSTASH_REDIS_REST_TOKEN: "token",
  });
  assert.equal(await down(headers), 503);
});

Deno.test("createMetricsHandler() shows the queues and the ETAs' errors, and the rest without them when the database is down", async () => {
  await using redis = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json([{ result: ["mobility_matches_created_total", "7"] }]),
  );
  const env = {
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redis.addr.port}`,
    UPSTASH_REDIS_REST_TOKEN: "token",
  };
  const queue = { pending: 3, oldest_s: 12, dead: 0 };
  const eta = { leg: "ride", vehicle_type: "moto", rides: 41, mean_error_s: -12 };
  const answering = (input: RequestInfo | URL): Promise<Response> =>
    Promise.resolve(Response.json(
      String(input instanceof Request ? input.url : input).endsWith("/eta_accuracy")
        ? [{ ...eta, mean_abs_error_s: 60, p90_abs_error_s: 150 }]
        : { inbox: queue, outbox: { ...queue, dead: 2 }, deliveries: queue },
    ));
  const scrape = async (database: typeof fetch): Promise<Map<string, number>> => {
    const handler = createMetricsHandler(platformWith(env, database));
    const headers = { apikey: "sb_secret_1" };
    const response = await handler(new Request("http://functions.test/metrics", { headers }));
    assert.equal(response.status, 200);
    return parsePrometheus(await response.text());
  };
  const samples = await scrape(answering);
  assert.equal(samples.get('mobility_queue_pending{queue="inbox"}'), 3);
  assert.equal(samples.get('mobility_queue_oldest_seconds{queue="deliveries"}'), 12);
  assert.equal(samples.get('mobility_queue_dead{queue="outbox"}'), 2);
  const ride = 'leg="ride",vehicle_type="moto"';
  assert.equal(samples.get(`mobility_eta_error_seconds{${ride},stat="mean"}`), -12);
  assert.equal(samples.get(`mobility_eta_error_seconds{${ride},stat="mean_abs"}`), 60);
  assert.equal(samples.get(`mobility_eta_error_seconds{${ride},stat="p90_abs"}`), 150);
  assert.equal(samples.get(`mobility_eta_rides{${ride}}`), 41);
  assert.equal(samples.size, 14);
  assert.deepEqual([...await scrape(refusing)], [["mobility_matches_created_total", 7]]);
});

Deno.test("renderQueueGauges() waits only so long for a database that hangs", async () => {
  const gaveUp = Promise.withResolvers<void>();
  const hanging = (_: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((_, reject) =>
      init?.signal?.addEventListener("abort", () => {
        reject(init.signal?.reason);
        gaveUp.resolve();
      })
    );
  const platform = platformWith({ DATABASE_DEADLINE_MS: "300" }, hanging);
  const startedAt = performance.now();
  assert.equal(await renderQueueGauges(platform, { patienceMs: 20 }), "");
  assert.ok(performance.now() - startedAt < 250);
  await gaveUp.promise;
});
