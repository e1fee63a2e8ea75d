import assert from "node:assert/strict";
import { z } from "zod";
import { type As, expectCode, expectOk } from "../../support/http.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import { newSpot, openPair, propose, rideIn } from "../../support/stack-people.ts";
import type { Suite } from "../../support/stack.ts";

const opened = z.object({ trip: z.object({ id: z.string() }) });

/** Requests that come twice, with an Idempotency-Key and without. */
export function replaysSuite({ test }: Suite): void {
  test("a request with the same Idempotency-Key is done once and answered alike", async (world) => {
    const { passenger, driver } = await openPair(world);
    const p: As = { user: passenger.user_id };
    const d: As = { user: driver.user_id };
    const twice = async (call: string, options: { as: As; body: unknown }): Promise<unknown> => {
      const headers = { "idempotency-key": crypto.randomUUID() };
      const first = await world.http.call(call, { ...options, headers });
      assert.ok(first.status < 300, first.text);
      const before = await fingerprintTables(world.sql);
      const again = await world.http.call(call, { ...options, headers });
      assert.deepEqual([again.status, again.body], [first.status, first.body], call);
      assert.deepEqual(
        await fingerprintTables(world.sql),
        before,
        `${call} changed nothing the second time`,
      );
      return first.body;
    };
    const body = { passenger_trip_id: passenger.id, driver_trip_id: driver.id };
    const made = z.object({ match: z.object({ id: z.string(), pin: z.string() }) })
      .parse(await twice("POST orchestrator/accept-match", { as: p, body })).match;
    const path = `POST orchestrator/matches/${made.id}`;
    await twice(`${path}/accept`, { as: d, body: {} });
    await twice(`${path}/arrive`, { as: d, body: {} });
    await twice(`${path}/start`, { as: d, body: { pin: made.pin } });
    await twice(`${path}/complete`, { as: d, body: {} });
    await twice(`${path}/rate`, { as: p, body: { rating: 5 } });
    const trip = { role: "driver", vehicle_type: "moto", pickup: newSpot() };
    const { id } = opened.parse(await twice("POST orchestrator/trips", { as: d, body: trip })).trip;
    await twice(`DELETE orchestrator/trips/${id}`, { as: d, body: { reason: "Home" } });
  });

  test("an Idempotency-Key with another request is IDEMPOTENCY_KEY_REUSED", async (world) => {
    const as = { user: crypto.randomUUID() };
    const headers = { "idempotency-key": "my-key" };
    const send = (pickup: unknown, who: As = as): ReturnType<typeof world.http.post> =>
      world.http.post("orchestrator/trips", {
        as: who,
        headers,
        body: { role: "passenger", vehicle_type: "moto", pickup },
      });
    assert.equal((await send(newSpot())).status, 201);
    expectCode(await send(newSpot()), "IDEMPOTENCY_KEY_REUSED");
    assert.equal(
      (await send(newSpot(), { user: crypto.randomUUID() })).status,
      201,
      "another's key",
    );
  });

  test("one Idempotency-Key from ten requests at once opens one trip", async (world) => {
    const as = { user: crypto.randomUUID() };
    const headers = { "idempotency-key": crypto.randomUUID() };
    const body = { role: "passenger", vehicle_type: "moto", pickup: newSpot() };
    const answers = await Promise.all(
      Array.from(
        { length: 10 },
        () => world.http.post("orchestrator/trips", { as, headers, body }),
      ),
    );
    const ids = new Set(answers.map((answer) => expectOk(answer, opened).trip.id));
    assert.equal(ids.size, 1);
  });

  test("a malformed Idempotency-Key is a VALIDATION_ERROR", async (world) => {
    const before = await fingerprintTables(world.sql);
    for (const key of ["a b", "x".repeat(201), "ä".normalize("NFC")]) {
      const answer = await world.http.post("orchestrator/trips", {
        headers: { "idempotency-key": key },
        body: { role: "passenger", vehicle_type: "moto", pickup: newSpot() },
      });
      expectCode(answer, "VALIDATION_ERROR");
    }
    assert.deepEqual(await fingerprintTables(world.sql), before);
  });

  test("without a key a second accept-match, decline or rating is refused and changes nothing", async (world) => {
    const pair = await openPair(world);
    const match = await propose(world, pair);
    const p: As = { user: pair.passenger.user_id };
    const d: As = { user: pair.driver.user_id };
    const body = { passenger_trip_id: pair.passenger.id, driver_trip_id: pair.driver.id };
    const before = await fingerprintTables(world.sql);
    expectCode(
      await world.http.post("orchestrator/accept-match", { as: p, body }),
      "TRIP_ALREADY_MATCHED",
    );
    assert.deepEqual(await fingerprintTables(world.sql), before);
    const decline = `orchestrator/matches/${match.id}/decline`;
    assert.equal((await world.http.post(decline, { as: d, body: {} })).status, 200);
    expectCode(await world.http.post(decline, { as: d, body: {} }), "MATCH_INVALID_STATE");
    const done = await rideIn(world, "completed");
    await world.sql`
      update mobility.matches set completed_at = now() - interval '8 days' where id = ${done.match.id}`;
    const rate = { as: { user: done.passenger.user_id }, body: { rating: 5 } };
    expectCode(
      await world.http.post(`orchestrator/matches/${done.match.id}/rate`, rate),
      "MATCH_EXPIRED",
    );
  });
}
