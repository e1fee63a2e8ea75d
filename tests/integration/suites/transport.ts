import assert from "node:assert/strict";
import { z } from "zod";
import { readApiDocument } from "../../../scripts/docs/api-document.ts";
import { expectCode } from "../../support/http.ts";
import { parsePrometheus } from "../../support/http-prometheus.ts";
import { openPair, propose } from "../../support/stack-people.ts";
import { findDrivers, until } from "../../support/stack-search.ts";
import type { Suite } from "../../support/stack.ts";

const functions = ["orchestrator", "matching", "ranking", "tracking", "metrics"] as const;
const health = z.object({
  status: z.literal("ok"),
  function: z.string(),
  checks: z.record(
    z.string(),
    z.object({ status: z.literal("ok"), latency_ms: z.number().min(0) }),
  ),
  timestamp: z.iso.datetime(),
});

/** What every function does whatever it is asked: CORS, request ids, health, metrics, unknown paths. */
export function transportSuite({ test }: Suite): void {
  test("health of all five functions names each dependency with its latency, to anybody", async ({ http }) => {
    for (const name of functions) {
      const answer = await http.get(`${name}/health`, { as: "nobody" });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      const { checks, function: named } = health.parse(answer.body);
      assert.equal(named, name);
      const needsDatabase = name !== "ranking" && name !== "metrics";
      assert.deepEqual(Object.keys(checks), needsDatabase ? ["database", "cache"] : ["cache"]);
    }
  });

  test("a browser's preflight is answered, and every answer may be read by its page", async ({ http }) => {
    for (const name of functions) {
      const preflight = await http.call(`OPTIONS ${name}/anything`, {
        as: "nobody",
        unchecked: true,
        headers: {
          origin: "https://ride.example",
          "access-control-request-method": "DELETE",
          "access-control-request-headers": "authorization, idempotency-key",
        },
      });
      assert.equal(preflight.status, 204);
      assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
      assert.match(preflight.headers.get("access-control-allow-methods") ?? "", /DELETE/);
      for (const header of ["authorization", "apikey", "content-type", "idempotency-key"]) {
        assert.match(
          preflight.headers.get("access-control-allow-headers") ?? "",
          new RegExp(header),
        );
      }
    }
    const refused = await http.post("orchestrator/trips", { as: "nobody", body: {} });
    const missing = await http.get("tracking/nowhere");
    const served = await http.post("ranking/rank-drivers", { body: { drivers: [] } });
    for (const { headers } of [refused, missing, served]) {
      assert.equal(headers.get("access-control-allow-origin"), "*");
      assert.match(
        headers.get("access-control-expose-headers") ?? "",
        /x-request-id.*retry-after/i,
      );
    }
  });

  test("a request id is echoed when it is short and plain, else replaced by a new one", async ({ http, log }) => {
    const send = async (id?: string): Promise<string> => {
      const headers = id === undefined ? {} : { "x-request-id": id };
      const answer = await http.post("ranking/rank-drivers", { body: { drivers: [] }, headers });
      return answer.headers.get("x-request-id") ?? "";
    };
    const own = `test-${crypto.randomUUID()}`;
    assert.equal(await send(own), own);
    await until(
      () => Promise.resolve(log.filter((line) => line.includes(own))),
      (l) => l.length === 1,
    );
    const uuid = /^[0-9a-f-]{36}$/;
    for (const id of [undefined, "a".repeat(101), 'a"b', "a b", "a{}", "é".repeat(3)]) {
      if (id?.includes("é")) continue;
      assert.match(await send(id), uuid);
    }
  });

  test("the API's description is served to anybody, and is the one that these tests hold answers against", async ({ http }) => {
    const path = "orchestrator/openapi.json";
    const answer = await http.get(path, { as: "nobody" });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body, JSON.parse(JSON.stringify(readApiDocument())));
    const headers = { "if-none-match": answer.headers.get("etag") ?? "" };
    assert.equal((await http.get(path, { as: "nobody", headers })).status, 304);
  });

  test("unknown paths are NOT_FOUND and other methods METHOD_NOT_ALLOWED, with what there is", async ({ http }) => {
    for (
      const target of [
        "GET orchestrator/nowhere",
        "POST tracking/trips",
        "GET ranking",
        "POST matching",
      ]
    ) {
      const answer = await http.call(target);
      expectCode(answer, "NOT_FOUND");
      assert.match(answer.text, /"paths":\[/);
    }
    const id = crypto.randomUUID();
    const targets = [
      "GET orchestrator/trips",
      "PUT orchestrator/find-drivers",
      `GET orchestrator/trips/${id}`,
      `DELETE orchestrator/matches/${id}/accept`,
      "DELETE matching/find-nearby",
      "GET ranking/rank-drivers",
      "PATCH tracking/update-location",
      `POST tracking/matches/${id}`,
    ];
    for (const target of targets) expectCode(await http.call(target), "METHOD_NOT_ALLOWED");
  });

  test("the metrics page counts what was done, in the Prometheus format", async (world) => {
    const page = async (): Promise<Map<string, number>> =>
      parsePrometheus((await world.http.get("metrics")).text);
    const before = await until(page, (metrics) => metrics.size > 0);
    const pair = await openPair(world);
    await findDrivers(world, { trip: pair.passenger.id });
    await until(() => findDrivers(world, { trip: pair.passenger.id }), ({ cached }) => cached);
    await propose(world, pair);
    await world.http.post("tracking/update-location", {
      body: { trip_id: pair.driver.id, lat: pair.driver.pickup.lat, lng: pair.driver.pickup.lng },
    });
    expectCode(
      await world.http.post("orchestrator/accept-match", { body: {} }),
      "VALIDATION_ERROR",
    );
    const expected: [string, number][] = [
      ['mobility_http_requests_total{function="orchestrator",route="POST /trips",status="201"}', 2],
      ['mobility_errors_total{function="orchestrator",code="VALIDATION_ERROR"}', 1],
      ['mobility_cache_requests_total{result="hit"}', 1],
      ['mobility_matches_created_total{vehicle_type="moto"}', 1],
      ['mobility_positions_total{used="yes"}', 1],
      ['mobility_counterparts_found_sum{role="driver"}', 2],
      [
        'mobility_http_request_duration_seconds_count{function="orchestrator",route="POST /trips"}',
        2,
      ],
    ];
    await until(
      page,
      (after) =>
        expected.every(([series, by]) =>
          (after.get(series) ?? 0) >= (before.get(series) ?? 0) + by
        ),
    );
  });

  test("the metrics page is for the service alone", async (world) => {
    expectCode(await world.http.get("metrics", { as: "nobody" }), "UNAUTHENTICATED");
    expectCode(
      await world.http.get("metrics", { as: { user: crypto.randomUUID() } }),
      "FORBIDDEN",
    );
    const answer = await world.http.get("metrics");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  });

  test("no function logged a token, a key, a position or a name", (world) => {
    const lines = world.log.filter((line) => /^\w+ \| \{/.test(line));
    assert.ok(lines.length > 50);
    const text = lines.join("\n");
    for (
      const secret of [world.info.secret_key, world.info.jwt_secret, world.info.service_role_key]
    ) {
      assert.ok(!text.includes(secret));
    }
    assert.doesNotMatch(text, /eyJ[\w-]+\.|"lat"|"pickup"|Flat tyre|"pin"/);
    for (const line of lines) {
      z.looseObject({ time: z.iso.datetime(), level: z.string(), event: z.string() })
        .parse(JSON.parse(line.slice(line.indexOf("{"))));
    }
    return Promise.resolve();
  });
}
