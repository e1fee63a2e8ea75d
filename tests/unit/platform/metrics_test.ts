import assert from "node:assert/strict";
import { z } from "zod";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import {
  Cache,
  createLogger,
  createPlatform,
  Metrics,
  readConfig,
  renderMetrics,
} from "../../../shared/platform/mod.ts";
import { parsePrometheus } from "../../support/http-prometheus.ts";

const logger = createLogger("test", { level: "error", write: () => {} });

/** Metrics over a Redis of their own, which fails while `down` says so. */
async function withMetrics(
  test: (scene: {
    metrics: Metrics;
    cache: Cache;
    redis: { down: boolean; requests: number; bytes: number };
    url: string;
  }) => Promise<void>,
): Promise<void> {
  const memory = await MemoryRedis.create();
  const state = { down: false, requests: 0, bytes: 0 };
  const front = createRedisFront({ redis: memory, token: "token" });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      state.requests++;
      state.bytes += Number(request.headers.get("content-length"));
      return state.down ? new Response("down", { status: 500 }) : await front(request);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cache = new Cache({ url, token: "token" }, { deadlineMs: 2_000, logger });
  try {
    await test({ metrics: new Metrics(cache), cache, redis: state, url });
  } finally {
    await server.shutdown();
    await memory.close();
  }
}

Deno.test("renderMetrics() renders every family in the Prometheus format, with values added up", async () => {
  await withMetrics(async ({ metrics, cache }) => {
    assert.equal(parsePrometheus(await renderMetrics(cache) ?? "").size, 0, "nothing counted yet");
    metrics.count("mobility_errors_total", { function: "tracking", code: "FORBIDDEN" });
    metrics.count("mobility_errors_total", { function: "tracking", code: "FORBIDDEN" }, 2);
    metrics.count("mobility_cache_errors_total");
    await metrics.flush();
    metrics.count("mobility_cache_errors_total", {}, 4);
    await metrics.flush();
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    assert.deepEqual(Object.fromEntries(samples), {
      'mobility_errors_total{function="tracking",code="FORBIDDEN"}': 3,
      "mobility_cache_errors_total": 5,
    });
  });
});

Deno.test("renderMetrics() renders histograms with cumulative buckets, their sum and their count", async () => {
  await withMetrics(async ({ metrics, cache }) => {
    for (const value of [0, 1, 2, 2, 20, 51]) {
      metrics.observe("mobility_counterparts_found", value, { role: "driver" });
    }
    metrics.observe("mobility_counterparts_found", 3, { role: "passenger" });
    metrics.observe("mobility_http_request_duration_seconds", 0.004);
    await metrics.flush();
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    const buckets = [0, 1, 3, 5, 10, 20, 50, "+Inf"].map((le) =>
      samples.get(`mobility_counterparts_found_bucket{role="driver",le="${le}"}`)
    );
    assert.deepEqual(buckets, [1, 2, 4, 4, 4, 5, 5, 6]);
    assert.equal(samples.get('mobility_counterparts_found_sum{role="driver"}'), 76);
    assert.equal(samples.get('mobility_counterparts_found_count{role="driver"}'), 6);
    assert.equal(samples.get('mobility_counterparts_found_sum{role="passenger"}'), 3);
    assert.equal(samples.get('mobility_http_request_duration_seconds_bucket{le="0.005"}'), 1);
    assert.equal(samples.get("mobility_http_request_duration_seconds_sum"), 0.004);
  });
});

Deno.test("Metrics keeps labels on one line whatever is in them", async () => {
  await withMetrics(async ({ metrics, cache }) => {
    metrics.count("mobility_rate_limited_total", { endpoint: 'a"b\\c\nd' });
    await metrics.flush();
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    assert.deepEqual([...samples.keys()], ['mobility_rate_limited_total{endpoint="a_b_c_d"}']);
  });
});

Deno.test("Metrics.flush() sends once, and what could not be sent the next time", async () => {
  await withMetrics(async ({ metrics, cache, redis }) => {
    await metrics.flush();
    assert.equal(redis.requests, 0, "nothing to send");
    metrics.count("mobility_matches_created_total", { vehicle_type: "moto" }, 2);
    redis.down = true;
    await metrics.flush();
    assert.equal(await renderMetrics(cache), undefined, "Redis does not answer");
    redis.down = false;
    metrics.count("mobility_matches_created_total", { vehicle_type: "moto" });
    await Promise.all([metrics.flush(), metrics.flush()]);
    await metrics.flush();
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    assert.equal(samples.get('mobility_matches_created_total{vehicle_type="moto"}'), 3);
    // The flush and the page that failed have counted themselves.
    assert.equal(samples.get("mobility_cache_errors_total"), 2);
  });
});

Deno.test("Metrics adds up what several isolates count, more series than one script takes among it", async () => {
  await withMetrics(async ({ metrics, cache }) => {
    const other = new Metrics(cache);
    for (let i = 0; i < 2_500; i++) {
      for (const one of [metrics, other]) {
        one.count("mobility_rate_limited_total", { endpoint: `endpoint ${i}` }, i + 0.1);
      }
    }
    await Promise.all([metrics.flush(), other.flush()]);
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    assert.equal(samples.size, 2_500);
    for (const i of [0, 1, 999, 1_000, 2_499]) {
      const value = samples.get(`mobility_rate_limited_total{endpoint="endpoint ${i}"}`);
      assert.equal(value, 2 * (i + 0.1));
    }
  });
});

Deno.test("Metrics keeps what a dead Redis does not take by series, not by request", async () => {
  await withMetrics(async ({ metrics, cache, redis }) => {
    redis.down = true;
    for (let i = 0; i < 500; i++) {
      metrics.count("mobility_http_requests_total", {
        function: "tracking",
        route: "/",
        status: 200,
      });
      metrics.observe("mobility_http_request_duration_seconds", i / 100, { function: "tracking" });
      if (i % 100 === 0) await metrics.flush();
    }
    redis.down = false;
    redis.bytes = 0;
    await metrics.flush();
    // Eleven bounds, a sum, a count, the requests, the errors of Redis itself; and the script that adds.
    assert.ok(redis.bytes > 500 && redis.bytes < 3_000, `${redis.bytes} bytes`);
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    const route = 'function="tracking",route="/",status="200"';
    assert.equal(samples.get(`mobility_http_requests_total{${route}}`), 500);
    assert.equal(samples.get("mobility_cache_errors_total"), 5);
  });
});

Deno.test("Metrics.observe() refuses a counter", () => {
  const metrics = new Metrics(new Cache(undefined, { deadlineMs: 1, logger }));
  assert.throws(() => metrics.observe("mobility_errors_total", 1), TypeError);
});

Deno.test("createPlatform() measures each call of the database by how it ended", async () => {
  await withMetrics(async ({ cache, url }) => {
    const answers: Record<string, Response> = {
      ping: Response.json({ now: "now" }),
      get_trip: Response.json({ code: "PT404", message: "TRIP_NOT_FOUND" }, { status: 404 }),
      advance_match: Response.json({ error: { code: "PIN_INVALID" } }),
      sweep: Response.json({ code: "57P03", message: "starting up" }, { status: 503 }),
    };
    const platform = createPlatform("tracking", {
      config: readConfig({
        SUPABASE_URL: "http://database.test",
        SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
        JWT_SECRET: "a shared secret of at least 32 characters",
        UPSTASH_REDIS_REST_URL: url,
        UPSTASH_REDIS_REST_TOKEN: "token",
      }),
      writeLog: () => {},
      fetch: (input) => {
        const { pathname } = new URL(input instanceof Request ? input.url : input);
        const rpc = pathname.slice(pathname.lastIndexOf("/") + 1);
        return Promise.resolve(answers[rpc] ?? new Response(null, { status: 404 }));
      },
    });
    for (const rpc of ["ping", "get_trip", "advance_match", "sweep"] as const) {
      // The arguments are the database's business.
      await platform.database.call(rpc, {} as never, z.unknown()).catch(() => {});
    }
    await platform.database.call("ping", {}, z.number()).catch(() => {});
    await platform.metrics.flush();
    const samples = parsePrometheus(await renderMetrics(cache) ?? "");
    const counted = [...samples].filter(([name]) =>
      name.startsWith("mobility_database_call_duration_seconds_count")
    );
    const series = (rpc: string, outcome: string): string =>
      `mobility_database_call_duration_seconds_count{function="tracking",rpc="${rpc}",outcome="${outcome}"}`;
    assert.deepEqual(Object.fromEntries(counted), {
      [series("ping", "ok")]: 1,
      [series("ping", "failed")]: 1,
      [series("get_trip", "refused")]: 1,
      [series("advance_match", "refused")]: 1,
      [series("sweep", "failed")]: 1,
    });
  });
});
