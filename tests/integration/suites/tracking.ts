import assert from "node:assert/strict";
import { z } from "zod";
import { expectCode, expectOk } from "../../support/http.ts";
import { parsePrometheus } from "../../support/http-prometheus.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import { inProcess } from "../../support/stack-in-process.ts";
import { newSpot, north, openDriver, openPassenger, rideIn } from "../../support/stack-people.ts";
import { findDrivers, tripsOf, until } from "../../support/stack-search.ts";
import type { Suite, World } from "../../support/stack.ts";

const result = z.object({ accepted: z.boolean(), code: z.string().optional() });
const batch = z.object({ results: z.array(result), accepted: z.number() });

/** Positions that cannot be believed, drivers who fall silent, and travel times. */
export function trackingSuite({ test }: Suite): void {
  test("points that cannot be true are answered as such and move nobody", async (world) => {
    const at = newSpot();
    const driver = await openDriver(world, { at });
    const d = { user: driver.user_id };
    const send = async (more: Record<string, unknown>): Promise<z.infer<typeof result>> =>
      expectOk(
        await world.http.post("tracking/update-location", {
          as: d,
          body: { trip_id: driver.id, ...at, ...more },
        }),
        result,
      );
    const refused = { accepted: false, code: "IMPLAUSIBLE_POSITION" };
    const { accepted, code } = await send(north(at, 50_000));
    assert.deepEqual({ accepted, code }, refused);
    const { position } = expectOk(
      await world.http.get(`tracking/trips/${driver.id}`, { as: d }),
      z.object({ position: z.object({ lat: z.number() }) }),
    );
    assert.equal(position.lat, at.lat);
    const passenger = await openPassenger(world, { at });
    const offered = async (): Promise<boolean> =>
      tripsOf(await findDrivers(inProcessOrchestrator(world), { trip: passenger.id }))
        .includes(driver.id);
    assert.equal(await offered(), true);
    for (let i = 0; i < 2; i++) {
      const made = await send({ ...north(at, 10), mock: true });
      assert.deepEqual([made.accepted, made.code], [false, "IMPLAUSIBLE_POSITION"]);
    }
    assert.equal(await offered(), false, "who keeps inventing is not offered");
    for (let i = 1; i <= 6; i++) assert.equal((await send(north(at, i))).accepted, true);
    assert.equal(await offered(), true, "and is again after good points");
  });

  test("a driver whose phone falls silent leaves the search until the next position", async (world) => {
    const at = newSpot();
    const driver = await openDriver(world, { at });
    const passenger = await openPassenger(world, { at });
    const send = async (metres: number): Promise<void> => {
      const answer = await world.http.post("tracking/update-location", {
        body: { trip_id: driver.id, ...north(at, metres) },
      });
      assert.equal(expectOk(answer, result).accepted, true);
    };
    const found = async (): Promise<{ offered: boolean; age: number | undefined }> => {
      await world.sweep();
      const search = await findDrivers(inProcessOrchestrator(world), { trip: passenger.id });
      const row = search.drivers.find(({ trip_id }) => trip_id === driver.id);
      return { offered: row !== undefined, age: row?.position_age_s };
    };
    const pass = async (seconds: number): Promise<void> => {
      await world.sql`
        update mobility.live_positions set position_at = position_at - make_interval(secs => ${seconds})
        where trip_id = ${driver.id}`;
    };
    await send(1);
    await send(2);
    await pass(150);
    const heard = await found();
    assert.ok(heard.offered && (heard.age ?? 0) >= 150);
    await pass(40);
    assert.equal((await found()).offered, false);
    const { position } = expectOk(
      await world.http.get(`tracking/trips/${driver.id}`),
      z.object({ position: z.object({ position_age_s: z.number() }) }),
    );
    assert.ok(position.position_age_s >= 190, `last seen ${position.position_age_s} s ago`);
    await send(3);
    assert.equal((await found()).offered, true);
  });

  test("bad points, one by one and in a batch, are refused and change nothing", async (world) => {
    const driver = await openDriver(world, { at: newSpot() });
    const foreign = await openDriver(world, { at: newSpot() });
    const d = { user: driver.user_id };
    const at = { trip_id: driver.id, lat: driver.pickup.lat, lng: driver.pickup.lng };
    const future = new Date(Date.now() + 120_000).toISOString();
    const before = await fingerprintTables(world.sql);
    const one = async (body: Record<string, unknown>): ReturnType<World["http"]["post"]> =>
      await world.http.post("tracking/update-location", { as: d, body: { ...at, ...body } });
    expectCode(await one({ lat: 90.01 }), "INVALID_LOCATION");
    expectCode(await one({ lng: 180.01 }), "INVALID_LOCATION");
    expectCode(await one({ lat: null }), "INVALID_LOCATION");
    expectCode(await one({ recorded_at: future }), "INVALID_TIMESTAMP");
    expectCode(await one({ trip_id: foreign.id }), "FORBIDDEN");
    expectCode(await one({ trip_id: crypto.randomUUID() }), "TRIP_NOT_FOUND");
    expectCode(await one({ mock: "yes" }), "VALIDATION_ERROR");
    const many = async (locations: unknown): ReturnType<World["http"]["post"]> =>
      await world.http.post("tracking/update-locations", { as: d, body: { locations } });
    expectCode(await many([]), "VALIDATION_ERROR");
    expectCode(await many(Array(501).fill(at)), "VALIDATION_ERROR");
    expectCode(await many([at, { ...at, lat: -91 }]), "INVALID_LOCATION");
    expectCode(await many([{ ...at, note: "x".repeat(1_000_000) }]), "PAYLOAD_TOO_LARGE");
    const answered = expectOk(
      await many([
        { ...at, recorded_at: future },
        { ...at, trip_id: foreign.id },
        { ...at, lat: 0, lng: 0 },
        // What the service may say of a pin, nobody else may.
        {
          ...at,
          ...north(at, 50_000),
          by_hand: true,
          mock: true,
          recorded_at: "2020-01-01T00:00:00Z",
        },
      ]),
      batch,
    );
    assert.deepEqual(answered.results.map(({ code }) => code), [
      "INVALID_TIMESTAMP",
      "FORBIDDEN",
      "INVALID_LOCATION",
      "OUT_OF_DATE",
    ]);
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
    const jump = expectOk(await many([{ ...at, ...north(at, 50_000), by_hand: true }]), batch);
    assert.equal(jump.results[0]?.code, "IMPLAUSIBLE_POSITION");
    const pin = await world.http.post("tracking/update-location", {
      body: { ...at, ...north(at, 50_000), by_hand: true },
    });
    assert.equal(expectOk(pin, result).accepted, true);
  });

  test("a flood of positions gets 429, and only the flooder", async (world) => {
    const driver = await openDriver(world, { at: newSpot() });
    const body = { trip_id: driver.id, lat: driver.pickup.lat, lng: driver.pickup.lng };
    const send = (user: string): ReturnType<World["http"]["post"]> =>
      world.http.post("tracking/update-location", { as: { user }, body });
    let passed = 0;
    let last = await send(driver.user_id);
    for (; last.status === 200 && passed < 200; passed++) last = await send(driver.user_id);
    expectCode(last, "RATE_LIMITED");
    assert.ok(passed >= 120 && passed <= 128, `${passed} passed`);
    expectCode(await send(crypto.randomUUID()), "FORBIDDEN");
  });

  test("with OSRM_URL the shortlist and a ride's ETA are the server's, else or failing the plain ones", async (world) => {
    const asked: string[] = [];
    await using osrm = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const url = new URL(request.url);
        asked.push(url.pathname + url.search);
        const sources = url.searchParams.get("sources")?.split(";") ?? [];
        return Response.json({ code: "Ok", durations: sources.map((source) => [1000 + +source]) });
      },
    );
    const env = { OSRM_URL: `http://127.0.0.1:${osrm.addr.port}` };
    const at = newSpot();
    const drivers = [
      await openDriver(world, { at: north(at, 300) }),
      await openDriver(world, { at }),
    ];
    const passenger = await openPassenger(world, { at });
    const orchestrator = inProcess(world, { name: "orchestrator", env });
    const near = await findDrivers(orchestrator, { trip: passenger.id, more: { limit: 1 } });
    assert.deepEqual([near.count, near.drivers[0]?.eta_s], [1, 1001]);
    const shortlist = await findDrivers(orchestrator, { trip: passenger.id });
    assert.equal(shortlist.count, drivers.length);
    assert.deepEqual(shortlist.drivers.map(({ eta_s }) => eta_s), [1001, 1002]);
    assert.deepEqual(asked.map((path) => path.split("?")[1]), [
      "sources=1&destinations=0&annotations=duration",
      "sources=1;2&destinations=0&annotations=duration",
    ]);
    const lost = inProcess(world, {
      name: "orchestrator",
      env: { OSRM_URL: "http://127.0.0.1:9" },
    });
    const plain = await findDrivers(world, { trip: passenger.id });
    assert.deepEqual(
      (await findDrivers(lost, { trip: passenger.id })).drivers.map(({ eta_s }) => eta_s),
      plain.drivers.map(({ eta_s }) => eta_s),
    );

    const ride = await rideIn(world, "accepted");
    const tracking = inProcess(world, { name: "tracking", env });
    const way = expectOk(
      await tracking.http.get(`tracking/matches/${ride.match.id}`),
      z.object({ eta_s: z.number(), remaining_m: z.number() }),
    );
    assert.deepEqual([way.eta_s, way.remaining_m], [1001, 520]);
    await until(
      async () => parsePrometheus((await world.http.get("metrics")).text),
      (samples) =>
        ["osrm", "great_circle", "fallback"].every((source) =>
          (samples.get(`mobility_eta_requests_total{source="${source}"}`) ?? 0) > 0
        ),
    );
  });

  test("the metrics tell how far the ETAs of finished rides were off", async (world) => {
    await rideIn(world, "completed");
    const samples = parsePrometheus((await world.http.get("metrics")).text);
    for (const leg of ["pickup", "ride"]) {
      const labels = `leg="${leg}",vehicle_type="moto"`;
      assert.ok((samples.get(`mobility_eta_rides{${labels}}`) ?? 0) >= 1, leg);
      assert.ok((samples.get(`mobility_eta_error_seconds{${labels},stat="mean_abs"}`) ?? 0) > 0);
    }
  });
}

/** The orchestrator without a cache: what it answers is how things are now. */
function inProcessOrchestrator(world: World): ReturnType<typeof inProcess> {
  return inProcess(world, {
    name: "orchestrator",
    env: { UPSTASH_REDIS_REST_URL: "", UPSTASH_REDIS_REST_TOKEN: "" },
  });
}
