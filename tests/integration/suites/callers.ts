import assert from "node:assert/strict";
import { type As, expectCode, signToken } from "../../support/http.ts";
import { newSpot, openDriver, openPair, propose } from "../../support/stack-people.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import type { Suite, World } from "../../support/stack.ts";

/** Who may call, and for whom. */
export function callersSuite({ test }: Suite): void {
  test("the secret key acts for anyone: sb_secret and legacy, as apikey and as bearer", async (world) => {
    const { info, http } = world;
    for (const key of [info.secret_key, info.service_role_key]) {
      for (const headers of [{ apikey: key }, { authorization: `Bearer ${key}` }]) {
        const answer = await http.post("matching/find-nearby", {
          as: { headers },
          body: { lat: -1.95, lng: 30.06, vehicle_type: "moto" },
        });
        assert.equal(answer.status, 200, answer.text);
      }
    }
  });

  test("keys and tokens that say nothing of who calls get 401 at every function", async (world) => {
    const { info, http } = world;
    const sub = crypto.randomUUID();
    const past = Math.floor(Date.now() / 1000) - 60;
    const bearers = {
      "anon key": info.anon_key,
      "publishable key": info.publishable_key,
      "another project's token": await signToken({ role: "authenticated", sub }, "x".repeat(40)),
      "expired token": await signToken({ role: "authenticated", sub, exp: past }, info.jwt_secret),
      "no token": "abc",
    };
    const callers: As[] = [
      "nobody",
      { headers: { apikey: info.publishable_key } },
      { headers: { apikey: info.anon_key } },
      ...Object.values(bearers).map((token) => ({
        headers: { apikey: info.publishable_key, authorization: `Bearer ${token}` },
      })),
    ];
    const id = crypto.randomUUID();
    const targets = [
      "POST orchestrator/trips",
      "POST orchestrator/find-drivers",
      `DELETE orchestrator/trips/${id}`,
      `POST orchestrator/matches/${id}/accept`,
      "POST matching/find-nearby",
      "POST ranking/rank-drivers",
      "POST tracking/update-location",
      `GET tracking/trips/${id}`,
      "GET metrics",
    ];
    for (const as of callers) {
      for (const target of targets) {
        const body = target.startsWith("GET") ? {} : { body: {} };
        expectCode(await http.call(target, { as, ...body }), "UNAUTHENTICATED");
      }
    }
  });

  test("a signed-in user acts for nobody else, even when a server's secret key comes along", async (world) => {
    const { http, info } = world;
    const { passenger, driver } = await openPair(world);
    const match = await propose(world, { passenger, driver });
    const open = await openPair(world);
    const stranger = crypto.randomUUID();
    const before = await fingerprintTables(world.sql);
    const callers: As[] = [{ user: stranger }, {
      headers: { apikey: info.secret_key, authorization: `Bearer ${await http.token(stranger)}` },
    }];
    const calls: [string, unknown?][] = [
      ["POST orchestrator/trips", {
        user_id: passenger.user_id,
        role: "driver",
        vehicle_type: "moto",
        pickup: newSpot(),
      }],
      ["POST orchestrator/find-drivers", { passenger_trip_id: open.passenger.id }],
      ["POST orchestrator/find-passengers", { driver_trip_id: open.driver.id }],
      ["POST orchestrator/accept-match", {
        passenger_trip_id: open.passenger.id,
        driver_trip_id: open.driver.id,
      }],
      [`DELETE orchestrator/trips/${open.passenger.id}`, {}],
      ...["accept", "decline", "arrive", "complete"].map((action): [string, unknown] => [
        `POST orchestrator/matches/${match.id}/${action}`,
        {},
      ]),
      [`POST orchestrator/matches/${match.id}/start`, { pin: match.pin }],
      [`POST orchestrator/matches/${match.id}/cancel`, { reason: "No" }],
      [`POST orchestrator/matches/${match.id}/rate`, { rating: 1 }],
      ["POST tracking/update-location", { trip_id: driver.id, lat: 1, lng: 2 }],
      [`GET tracking/trips/${passenger.id}`],
      [`GET tracking/matches/${match.id}`],
    ];
    for (const as of callers) {
      for (const [target, body] of calls) {
        expectCode(await http.call(target, { as, body }), "FORBIDDEN");
      }
    }
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
  });

  test("a trip of a cached search is as foreign as any other", async (world) => {
    const { passenger } = await openPair(world);
    const find = (as: As): ReturnType<World["http"]["post"]> =>
      world.http.post("orchestrator/find-drivers", {
        as,
        body: { passenger_trip_id: passenger.id },
      });
    for (let i = 0; i < 3; i++) assert.equal((await find({ user: passenger.user_id })).status, 200);
    expectCode(await find({ user: crypto.randomUUID() }), "FORBIDDEN");
  });

  test("a token of another role, or of no user, is valid but not enough", async (world) => {
    const { info, http } = world;
    const claims = [
      { role: "authenticated" },
      { role: "authenticated", sub: "42" },
      { role: "supabase_admin", sub: crypto.randomUUID() },
    ];
    for (const claim of claims) {
      const token = await signToken(claim, info.jwt_secret);
      const headers = { authorization: `Bearer ${token}` };
      expectCode(
        await http.post("ranking/rank-drivers", { as: { headers }, body: {} }),
        "FORBIDDEN",
      );
    }
  });

  test("each side does what is its own: the other side's actions are FORBIDDEN", async (world) => {
    const pair = await openPair(world);
    const match = await propose(world, pair);
    const passenger = { user: pair.passenger.user_id };
    const path = `POST orchestrator/matches/${match.id}`;
    for (
      const [action, body] of [["accept", {}], ["decline", {}], ["arrive", {}], [
        "complete",
        {},
      ]] as const
    ) {
      expectCode(await world.http.call(`${path}/${action}`, { as: passenger, body }), "FORBIDDEN");
    }
    expectCode(
      await world.http.call(`${path}/start`, { as: passenger, body: { pin: match.pin } }),
      "FORBIDDEN",
    );
    const other = await openDriver(world, { at: newSpot() });
    expectCode(
      await world.http.get(`tracking/trips/${pair.passenger.id}`, { as: { user: other.user_id } }),
      "FORBIDDEN",
    );
  });
}
