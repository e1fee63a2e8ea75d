import assert from "node:assert/strict";
import { jwtVerify } from "jose";
import { z } from "zod";
import type { ErrorCode } from "../../../shared/platform/mod.ts";
import { expectCode, expectOk } from "../../support/http.ts";
import { inProcess } from "../../support/stack-in-process.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import { makeLink, openLink, sendPoints } from "../../support/stack-links.ts";
import { act, north, rideIn } from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

const opened = z.object({
  link: z.object({ id: z.string(), viewer: z.string() }),
  match: z.record(z.string(), z.unknown()),
  driver_position: z.object({ lat: z.number(), position_age_s: z.number() }).nullable(),
  heading_for: z.string().nullable(),
  remaining_m: z.number().nullable(),
  eta_s: z.number().nullable(),
  progress: z.number().nullable(),
  realtime: z.object({
    url: z.string(),
    apikey: z.string(),
    topic: z.string(),
    access_token: z.string(),
    expires_at: z.string(),
  }).nullable(),
});
const sent = z.object({
  results: z.array(z.object({ accepted: z.boolean(), code: z.string().optional() })),
  accepted: z.number(),
});

/** Links to a ride: the trip page's part of the API. */
export function linksSuite({ test }: Suite): void {
  test("a link opens its ride without a key, each viewer's own view of it", async (world) => {
    const ride = await rideIn(world, "accepted");
    const people = { passenger: ride.passenger.user_id, driver: ride.driver.user_id };
    const seen = new Map<string, Record<string, unknown>>();
    for (const viewer of ["passenger", "driver", "guest"] as const) {
      const user = viewer === "driver" ? people.driver : people.passenger;
      const link = await makeLink(world, { match: ride.match.id, as: { user }, viewer });
      assert.equal(link.url, `${world.info.api_url}/trip#${link.token}`);
      const answer = await openLink(world, link.token);
      const { match, driver_position, ...way } = expectOk(answer, opened);
      seen.set(viewer, match);
      assert.equal(match["id"], ride.match.id);
      // 400 m to the north, by road and at a moto's pace.
      assert.deepEqual([way.heading_for, way.remaining_m, way.progress], ["pickup", 520, null]);
      assert.ok(way.eta_s !== null && way.eta_s > 40 && way.eta_s < 150, `${way.eta_s}`);
      assert.ok((driver_position?.position_age_s ?? -1) >= 0);
      assert.ok(!answer.text.includes(people.passenger) && !answer.text.includes(people.driver));
    }
    assert.equal(seen.get("passenger")?.["pin"], ride.pin);
    for (const viewer of ["driver", "guest"]) assert.ok(!("pin" in (seen.get(viewer) ?? {})));
    assert.ok((seen.get("driver")?.["fare_amount"] ?? 0) !== 0);
    assert.ok(!("fare_amount" in (seen.get("guest") ?? {})));
  });

  test("a link's token for Realtime listens to that ride, and is nobody at the API", async (world) => {
    const { info, http } = world;
    const ride = await rideIn(world, "accepted");
    const { token } = await makeLink(world, { match: ride.match.id });
    const { link, realtime } = expectOk(await openLink(world, token), opened);
    assert.ok(realtime !== null);
    assert.equal(realtime.url, `${info.api_url.replace("http", "ws")}/realtime/v1/websocket`);
    assert.deepEqual([realtime.apikey, realtime.topic], [
      info.publishable_key,
      `match:${ride.match.id}`,
    ]);
    const { payload } = await jwtVerify(
      realtime.access_token,
      new TextEncoder().encode(info.jwt_secret),
    );
    assert.deepEqual([payload["role"], payload.sub, payload["link_id"]], [
      "authenticated",
      link.id,
      link.id,
    ]);
    const headers = { authorization: `Bearer ${realtime.access_token}`, apikey: realtime.apikey };
    const calls: [string, unknown?][] = [
      [`GET tracking/matches/${ride.match.id}`],
      [`DELETE tracking/matches/${ride.match.id}/links`],
      [`POST tracking/matches/${ride.match.id}/links`, {}],
      ["POST orchestrator/trips", {
        role: "passenger",
        vehicle_type: "moto",
        pickup: { lat: -1.95, lng: 30.06 },
      }],
    ];
    for (const [target, body] of calls) {
      expectCode(await http.call(target, { as: { headers }, body }), "FORBIDDEN");
    }
  });

  test("the driver's page moves the driver, whose arrival is then checked", async (world) => {
    const ride = await rideIn(world, "accepted");
    const d = { user: ride.driver.user_id };
    const { token } = await makeLink(world, { match: ride.match.id, as: d, viewer: "driver" });
    const at = ride.passenger.pickup;
    const answer = await sendPoints(world, {
      token,
      points: [
        { ...north(at, 700), recorded_at: new Date(Date.now() - 1).toISOString(), accuracy_m: 5 },
        { ...north(at, 800), mock: false, heading: 180, speed_mps: 8.25, accuracy_m: 5 },
      ],
    });
    assert.deepEqual(expectOk(answer, sent), {
      results: [{ accepted: false, code: "OUT_OF_DATE" }, { accepted: true }],
      accepted: 1,
    });
    const seen = expectOk(await openLink(world, token), opened);
    assert.ok(Math.abs((seen.driver_position?.lat ?? 0) - north(at, 800).lat) < 1e-9);
    assert.equal(seen.remaining_m, 1040);

    const arrive = `orchestrator/matches/${ride.match.id}/arrive`;
    const refused = await world.http.post(arrive, { as: d, body: {} });
    expectCode(refused, "TOO_FAR_FROM_PICKUP");
    assert.match(refused.text, /"distance_m":(799|800|801)\b/);
    const near = { ...north(at, 20), recorded_at: new Date(Date.now() + 1).toISOString() };
    assert.equal(expectOk(await sendPoints(world, { token, points: [near] }), sent).accepted, 1);
    const arrived = await act(world, { match: ride.match.id, action: "arrive", as: d });
    assert.equal(arrived.status, "driver_arrived");
  });

  test("a link that is unknown, malformed, expired or revoked gives nothing away", async (world) => {
    const ride = await rideIn(world, "accepted");
    const p = { user: ride.passenger.user_id };
    const links = await Promise.all(
      [1, 2, 3].map(() => makeLink(world, { match: ride.match.id, as: p })),
    );
    const [revoked, , expired] = links.map(({ token }) => token);
    const hash = new TextEncoder().encode(expired);
    await world.sql`
      update mobility.trip_links set expires_at = now() where token_hash = sha256(${hash})`;
    const revoking = await world.http.call(`DELETE tracking/matches/${ride.match.id}/links`, {
      as: p,
    });
    assert.deepEqual(revoking.body, { revoked: 3 });
    const cases: [ErrorCode, unknown][] = [
      ["LINK_EXPIRED", revoked],
      ["LINK_EXPIRED", expired],
      ["LINK_NOT_FOUND", crypto.randomUUID().replaceAll("-", "")],
      ["LINK_NOT_FOUND", crypto.randomUUID()],
      ["LINK_NOT_FOUND", "' or 1=1 --"],
      ["LINK_NOT_FOUND", "\u0000"],
      ["LINK_NOT_FOUND", `${revoked}\n`],
      ["VALIDATION_ERROR", ""],
      ["VALIDATION_ERROR", "0".repeat(201)],
      ["VALIDATION_ERROR", null],
      ["VALIDATION_ERROR", 7],
      ["VALIDATION_ERROR", [revoked]],
      ["VALIDATION_ERROR", undefined],
    ];
    const before = await fingerprintTables(world.sql);
    for (const [code, token] of cases) {
      expectCode(await openLink(world, token), code);
      expectCode(await sendPoints(world, { token, points: [{ lat: 35, lng: 60 }] }), code);
    }
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
  });

  test("bad points by a link change nothing, each by its code", async (world) => {
    const ride = await rideIn(world, "accepted");
    const link = { match: ride.match.id };
    const { token } = await makeLink(world, { ...link, viewer: "driver" });
    const { token: passengers } = await makeLink(world, { ...link, viewer: "passenger" });
    const { token: guests } = await makeLink(world, link);
    const at = ride.driver.pickup;
    const point = { lat: at.lat, lng: at.lng };
    const before = await fingerprintTables(world.sql);
    const refused: [ErrorCode, unknown][] = [
      ["INVALID_LOCATION", [{ ...point, lat: 91 }]],
      ["INVALID_LOCATION", [{ ...point, lng: -181 }]],
      ["INVALID_LOCATION", [{ ...point, lat: "35" }]],
      ["INVALID_LOCATION", [{ lat: at.lat }]],
      ["VALIDATION_ERROR", [{ ...point, recorded_at: "yesterday" }]],
      ["VALIDATION_ERROR", [{ ...point, speed_mps: -1 }]],
      ["VALIDATION_ERROR", [{ ...point, mock: "no" }]],
      ["VALIDATION_ERROR", []],
      ["VALIDATION_ERROR", Array(101).fill(point)],
      ["VALIDATION_ERROR", {}],
      ["VALIDATION_ERROR", undefined],
    ];
    for (const [code, points] of refused) {
      expectCode(await sendPoints(world, { token, points }), code);
    }
    for (const other of [passengers, guests]) {
      expectCode(await sendPoints(world, { token: other, points: [point] }), "FORBIDDEN");
    }
    const big = await world.http.post("tracking/links/positions", {
      as: "nobody",
      body: { token, points: [{ ...point, note: "x".repeat(1_000_000) }] },
    });
    expectCode(big, "PAYLOAD_TOO_LARGE");
    const later = new Date(Date.now() + 120_000).toISOString();
    const earlier = new Date(Date.now() - 3_600_000).toISOString();
    const answered = await sendPoints(world, {
      token,
      points: [
        { lat: 0, lng: 0 },
        { ...point, recorded_at: later },
        { ...point, recorded_at: earlier },
      ],
    });
    assert.deepEqual(expectOk(answered, sent), {
      results: ["INVALID_LOCATION", "INVALID_TIMESTAMP", "OUT_OF_DATE"].map((code) => ({
        accepted: false,
        code,
      })),
      accepted: 0,
    });
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
    const jump = await sendPoints(world, {
      token,
      points: [{ ...north(at, 50_000), by_hand: true }],
    });
    assert.equal(expectOk(jump, sent).results[0]?.code, "IMPLAUSIBLE_POSITION");
  });

  test("links are made and taken back by the people of the ride alone", async (world) => {
    const ride = await rideIn(world, "accepted");
    const stranger = { user: crypto.randomUUID() };
    const p = { user: ride.passenger.user_id };
    const path = `tracking/matches/${ride.match.id}/links`;
    const before = await fingerprintTables(world.sql);
    expectCode(await world.http.post(path, { as: "nobody", body: {} }), "UNAUTHENTICATED");
    expectCode(await world.http.call(`DELETE ${path}`, { as: "nobody" }), "UNAUTHENTICATED");
    expectCode(await world.http.post(path, { as: stranger, body: {} }), "FORBIDDEN");
    expectCode(await world.http.call(`DELETE ${path}`, { as: stranger }), "FORBIDDEN");
    const driver = { viewer: "driver" };
    expectCode(await world.http.post(path, { as: p, body: driver }), "FORBIDDEN");
    expectCode(await world.http.post(path, { as: p, body: { viewer: "god" } }), "VALIDATION_ERROR");
    const unknown = `tracking/matches/${crypto.randomUUID()}/links`;
    expectCode(await world.http.post(unknown, { body: {} }), "MATCH_NOT_FOUND");
    expectCode(await world.http.call(`DELETE ${unknown}`), "MATCH_NOT_FOUND");
    expectCode(await world.http.call(`POST tracking/matches/x/links`), "VALIDATION_ERROR");
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
  });

  test("a browser may call the links' paths from any page", async (world) => {
    for (const path of ["links/open", "links/positions"]) {
      const preflight = await fetch(`${world.info.functions_url}/tracking/${path}`, {
        method: "OPTIONS",
        headers: {
          origin: "https://ride.test",
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type",
        },
      });
      await preflight.body?.cancel();
      assert.ok(preflight.ok);
      assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
      assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /content-type/);
    }
  });

  test("one link is opened 60 times a minute, another is not kept waiting", async (world) => {
    const ride = await rideIn(world, "accepted");
    const [one, other] = [
      await makeLink(world, { match: ride.match.id }),
      await makeLink(world, { match: ride.match.id }),
    ];
    let passed = 0;
    let last = await openLink(world, one.token);
    for (; last.status === 200 && passed < 100; passed++) last = await openLink(world, one.token);
    expectCode(last, "RATE_LIMITED");
    // Where a new window begins during the test, a little of the one before is forgotten.
    assert.ok(passed >= 60 && passed <= 64, `${passed} passed`);
    const seconds = Number(last.headers.get("retry-after"));
    assert.ok(seconds >= 1 && seconds <= 60, `retry after ${seconds}`);
    assert.equal((await openLink(world, other.token)).status, 200);
    const unknown = crypto.randomUUID().replaceAll("-", "");
    for (let i = 0; i < 60; i++) expectCode(await openLink(world, unknown), "LINK_NOT_FOUND");
    expectCode(await openLink(world, unknown), "RATE_LIMITED");
  });

  test("tokens and positions are in no log line, whatever becomes of them", async (world) => {
    const ride = await rideIn(world, "accepted");
    const { token } = await makeLink(world, { match: ride.match.id, viewer: "driver" });
    const tracking = inProcess(world, {
      name: "tracking",
      env: {
        LOG_LEVEL: "debug",
        OSRM_URL: "http://127.0.0.1:9",
        SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: world.info.publishable_key }),
      },
    });
    const within: World = { ...world, http: tracking.http };
    const { realtime } = expectOk(await openLink(within, token), opened);
    assert.equal(
      (await sendPoints(within, { token, points: [{ lat: 35.123456, lng: 60 }] })).status,
      200,
    );
    await openLink(within, token.slice(1));
    await openLink(within, `${token}0`);
    await sendPoints(within, { token, points: [{ lat: 135.123456 }] });
    await sendPoints(within, { token: [token], points: token });
    await tracking.http.post("tracking/links/open", { as: "nobody", raw: `{"token": "${token}"` });
    await tracking.http.post(`tracking/links/${token}`, { as: "nobody" });
    for (const log of [tracking.log.join("\n"), world.log.join("\n")]) {
      assert.ok(!log.includes(token), "the token");
      assert.ok(!log.includes(realtime?.access_token ?? "?"), "the token for Realtime");
      assert.ok(!log.includes("35.123456"), "the position");
    }
    assert.match(tracking.log.join("\n"), /POST \/links\/open","status":200/);
  });

  test("a database that is gone is SERVICE_UNAVAILABLE at the links too", async (world) => {
    const tracking = inProcess(world, {
      name: "tracking",
      env: { SUPABASE_URL: "http://127.0.0.1:9" },
    });
    const within = { http: tracking.http };
    const token = crypto.randomUUID().replaceAll("-", "");
    expectCode(await openLink(within, token), "SERVICE_UNAVAILABLE");
    const points = [{ lat: 35, lng: 60 }];
    expectCode(await sendPoints(within, { token, points }), "SERVICE_UNAVAILABLE");
  });
}
