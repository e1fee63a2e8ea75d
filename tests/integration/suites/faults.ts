import assert from "node:assert/strict";
import { z } from "zod";
import { FunctionProcess } from "../../../scripts/stack/function-process.ts";
import { freePorts } from "../../../scripts/loopback/free-ports.ts";
import { expectCode, Http } from "../../support/http.ts";
import { parsePrometheus } from "../../support/http-prometheus.ts";
import { inProcess } from "../../support/stack-in-process.ts";
import { act, openPair, propose } from "../../support/stack-people.ts";
import { openFaultyRedis, type RedisFault } from "../../support/stack-redis.ts";
import { findDrivers, until } from "../../support/stack-search.ts";
import type { Suite, World } from "../../support/stack.ts";

const ERRORS = "mobility_cache_errors_total";
const ROOT = new URL("../../../", import.meta.url);
// What a request may take when Redis fails each time it is asked, at a deadline of 100 ms.
const DEADLINE_MS = 100;
const LIMIT_MS = 1000;

/** What happens when Redis or the database fails. */
export function faultsSuite({ test }: Suite): void {
  for (const fault of ["gone", "slow", "unauthorized", "garbage", "error"] as const) {
    test(`a ride goes on when Redis is: ${fault}`, async (world) => {
      await using redis = openFaultyRedis(world);
      redis.fault = fault;
      const orchestrator = inProcess(world, {
        name: "orchestrator",
        env: { UPSTASH_REDIS_REST_URL: redis.url, CACHE_DEADLINE_MS: String(DEADLINE_MS) },
      });
      await rideWithoutCache(world, orchestrator.http);
      const codes = orchestrator.log.filter((line) => line.includes('"code":"CACHE_ERROR"'));
      assert.ok(codes.length > 3, "each failure is logged");
      const health = await orchestrator.http.get("orchestrator/health");
      assert.equal(health.status, 200);
      assert.match(health.text, /"status":"degraded".*"cache":\{"status":"failed"/);
    });
  }

  test("the error counter shows the failures once Redis is back", async (world) => {
    await using redis = openFaultyRedis(world);
    const orchestrator = inProcess(world, {
      name: "orchestrator",
      env: { UPSTASH_REDIS_REST_URL: redis.url, CACHE_DEADLINE_MS: "100" },
    });
    const count = async (): Promise<number> =>
      parsePrometheus((await world.http.get("metrics")).text).get(ERRORS) ?? 0;
    const before = await count();
    const { passenger } = await openPair(world);
    redis.fault = "error";
    assert.equal((await findDrivers(orchestrator, { trip: passenger.id })).cached, false);
    assert.equal((await findDrivers(orchestrator, { trip: passenger.id })).cached, false);
    redis.fault = "none" satisfies RedisFault;
    await until(async () => {
      await findDrivers(orchestrator, { trip: passenger.id });
      return await count();
    }, (after) => after >= before + 2);
  });

  test("without UPSTASH variables the cache is off and nothing else changes", async (world) => {
    const env = { UPSTASH_REDIS_REST_URL: "", UPSTASH_REDIS_REST_TOKEN: "" };
    const orchestrator = inProcess(world, { name: "orchestrator", env });
    await rideWithoutCache(world, orchestrator.http);
    assert.doesNotMatch(orchestrator.log.join("\n"), /CACHE_ERROR/);
    assert.match(
      (await orchestrator.http.get("orchestrator/health")).text,
      /"cache":\{"status":"off"/,
    );
    const metrics = inProcess(world, { name: "metrics", env });
    const samples = parsePrometheus((await metrics.http.get("metrics")).text);
    assert.equal(samples.get("mobility_database_up"), 1);
    assert.ok(!samples.has("mobility_cache_up"), "there is none that could be down");
  });

  test("rate limits fail open without Redis", async (world) => {
    const orchestrator = inProcess(world, {
      name: "orchestrator",
      env: { UPSTASH_REDIS_REST_URL: "", UPSTASH_REDIS_REST_TOKEN: "" },
    });
    const as = { user: crypto.randomUUID() };
    const body = { passenger_trip_id: crypto.randomUUID(), driver_trip_id: crypto.randomUUID() };
    for (let i = 0; i < 25; i++) {
      const answer = await orchestrator.http.post("orchestrator/accept-match", { as, body });
      expectCode(answer, "TRIP_NOT_FOUND");
    }
  });

  test("when the database is gone health is 503 and requests say SERVICE_UNAVAILABLE", async (world) => {
    const { info } = world;
    const ports = freePorts(3);
    const names = ["orchestrator", "matching", "tracking"];
    const processes = names.map((name, index) =>
      new FunctionProcess({
        name,
        verifyJwt: false,
        entrypoint: new URL(`supabase/functions/${name}/index.ts`, ROOT).pathname,
        importMap: new URL("deno.json", ROOT).pathname,
      }, {
        port: ports + index,
        env: {
          // Nothing listens on the discard port.
          SUPABASE_URL: "http://127.0.0.1:9",
          SUPABASE_SECRET_KEYS: JSON.stringify({ default: info.secret_key }),
          JWT_SECRET: info.jwt_secret,
        },
        onLog: () => {},
        onProgress: () => {},
      })
    );
    try {
      await Promise.all(processes.map((process) => process.ready(AbortSignal.timeout(20_000))));
      for (const [index, name] of names.entries()) {
        const http = new Http({ ...info, functions_url: `http://127.0.0.1:${ports + index}` });
        const health = await http.get(`${name}/health`, { as: "nobody" });
        assert.equal(health.status, 503);
        const body = z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) });
        assert.equal(body.parse(health.body).status, "unavailable");
        const requests: Record<string, [string, unknown?]> = {
          orchestrator: ["POST orchestrator/find-drivers", {
            passenger_trip_id: crypto.randomUUID(),
          }],
          matching: ["POST matching/find-nearby", { lat: 1, lng: 2, vehicle_type: "moto" }],
          tracking: [`GET tracking/trips/${crypto.randomUUID()}`],
        };
        const [target = "", request] = requests[name] ?? [];
        expectCode(await http.call(target, { body: request }), "SERVICE_UNAVAILABLE");
      }
    } finally {
      await Promise.all(processes.map((process) => process.stop()));
    }
  });
}

/** Opens, searches and accepts; each within the deadline, and never from the cache. */
async function rideWithoutCache(world: World, http: Http): Promise<void> {
  const within: World = { ...world, http };
  const timed = async <T>(work: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const value = await work;
    const took = performance.now() - startedAt;
    assert.ok(took < LIMIT_MS, `took ${took} ms`);
    return value;
  };
  const pair = await openPair(within);
  for (let i = 0; i < 2; i++) {
    const search = await timed(findDrivers(within, { trip: pair.passenger.id }));
    assert.deepEqual([search.cached, search.count], [false, 1]);
  }
  const match = await timed(propose(within, pair));
  const accepted = await timed(
    act(within, { match: match.id, action: "accept", as: { user: pair.driver.user_id } }),
  );
  assert.equal(accepted.status, "accepted");
}
