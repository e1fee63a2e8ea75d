import assert from "node:assert/strict";
import { z } from "zod";
import {
  acknowledged,
  alerts,
  cancelled,
  deadLetters,
  overview,
  rideInFull,
} from "../../../shared/operator/answers.ts";
import { redispatched } from "../../../shared/operator/redispatch.ts";
import { type As, expectCode, expectOk } from "../../support/http.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import {
  act,
  newSpot,
  north,
  openDriver,
  openPair,
  openPassenger,
  rideIn,
} from "../../support/stack-people.ts";
import type { Suite, World } from "../../support/stack.ts";

const REASON = { body: { reason: "The engine stopped" } };

/** What operators see and do, over HTTP. */
export function operatorSuite({ test }: Suite): void {
  test("an operator sees who waits, who rides and who is free, as far as asked for", async (world) => {
    const as = await signIn(world);
    const ride = await rideIn(world, "driver_arrived");
    const { passenger, driver } = await openPair(world);
    const cab = await openDriver(world, { at: newSpot(), vehicle_type: "cab" });
    const all = await look(world, as);
    assert.equal(all.operator, "Claire");
    assert.ok(all.trips.some((trip) => trip.trip_id === passenger.id && trip.dispatch === null));
    assert.ok(all.rides.some((one) => one.match_id === ride.match.id && one.plate === null));
    for (const trip of [driver.id, cab.id]) {
      assert.ok(all.drivers.some(({ trip_id }) => trip_id === trip));
    }
    const cabs = await look(world, as, "?vehicle_type=cab&status=available");
    assert.ok(cabs.drivers.some(({ trip_id }) => trip_id === cab.id));
    assert.ok(cabs.drivers.every(({ vehicle_type }) => vehicle_type === "cab"));
    assert.deepEqual([cabs.trips, cabs.rides, cabs.offers], [[], [], []]);
    for (
      const [query, code] of [
        ["vehicle_type=rocket", "INVALID_VEHICLE_TYPE"],
        ["vehicle_type=%00", "INVALID_VEHICLE_TYPE"],
        ["area=atlantis", "VALIDATION_ERROR"],
        ["area=" + "a".repeat(50), "VALIDATION_ERROR"],
        ["status=asleep", "VALIDATION_ERROR"],
      ] as const
    ) {
      expectCode(await world.http.get(`orchestrator/operator/overview?${query}`, { as }), code);
    }
  });

  test("nobody but operators and the service gets at any of it, and nothing changes", async (world) => {
    const { match, passenger, driver } = await rideIn(world, "accepted");
    const alert = await callForHelp(world, { match: match.id, user: passenger.user_id });
    const id = match.id;
    const targets = [
      "GET city",
      "GET overview",
      `GET rides/${id}`,
      "GET sos",
      "GET dead-letters",
      `POST rides/${id}/cancel`,
      `POST rides/${id}/redispatch`,
      `POST trips/${passenger.id}/cancel`,
      `POST trips/${passenger.id}/redispatch`,
      `POST sos/${alert}/acknowledge`,
      "POST dead-letters/retry",
      "POST dead-letters/drop",
    ];
    const before = await fingerprintTables(world.sql);
    const call = (target: string, as: As): ReturnType<World["http"]["call"]> => {
      const letter = { queue: "outbox", id: crypto.randomUUID() };
      const body = target.startsWith("GET") ? {} : { body: { ...REASON.body, ...letter } };
      return world.http.call(target.replace(" ", " orchestrator/operator/"), { as, ...body });
    };
    for (const target of targets) {
      for (const user of [passenger.user_id, driver.user_id, crypto.randomUUID()]) {
        expectCode(await call(target, { user }), "FORBIDDEN");
      }
      expectCode(await call(target, "nobody"), "UNAUTHENTICATED");
    }
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing changed");
  });

  test("an operator ends a ride; both are free, and see that it was us but not why", async (world) => {
    const as = await signIn(world);
    const ride = await rideIn(world, "in_progress");
    const path = `orchestrator/operator/rides/${ride.match.id}/cancel`;
    expectCode(await world.http.post(path, { as, body: {} }), "VALIDATION_ERROR");
    const { match } = expectOk(await world.http.post(path, { as, ...REASON }), cancelled);
    assert.equal(match?.status, "cancelled_passenger");
    expectCode(await world.http.post(path, { as, ...REASON }), "MATCH_INVALID_STATE");
    const seen = await world.http.get(`tracking/matches/${ride.match.id}`, {
      as: { user: ride.driver.user_id },
    });
    assert.ok(!seen.text.includes("engine"), seen.text);
    const inFull = await rideOf(world, as, ride.match.id);
    const said = inFull.timeline.find(({ kind }) => kind === "operator");
    assert.deepEqual([said?.action, said?.name, said?.reason], [
      "cancel_ride",
      "Claire",
      REASON.body.reason,
    ]);
    assert.ok(!("pin" in inFull.match));
    // The driver's next ride.
    const at = ride.driver.pickup;
    const next = await openPassenger(world, { at });
    const found = await world.http.post("orchestrator/find-drivers", {
      body: { passenger_trip_id: next.id },
    });
    assert.ok(found.text.includes(ride.driver.id), found.text);
  });

  test("a ride is dispatched again: to those near, without the driver who had it", async (world) => {
    const as = await signIn(world);
    const ride = await rideIn(world, "accepted");
    const others = await Promise.all(
      [700, 900].map((metres) => openDriver(world, { at: north(ride.passenger.pickup, metres) })),
    );
    const again = await redispatch(world, as, `rides/${ride.match.id}`);
    assert.deepEqual([again.problem, again.match?.status], [null, "cancelled_driver"]);
    const { dispatch } = again;
    assert.deepEqual([dispatch?.status, dispatch?.candidates, dispatch?.offered], [
      "running",
      2,
      1,
    ]);
    const { offers } = await look(world, as, "?status=offered");
    const asked = offers.filter(({ passenger_trip_id }) => passenger_trip_id === ride.passenger.id);
    assert.deepEqual(asked.map(({ driver_trip_id }) => driver_trip_id), [others[0]?.id]);
    const [offer] = asked;
    assert.ok(offer);
    const won = await world.http.post(`orchestrator/offers/${offer.offer_id}/accept`, { body: {} });
    const { match } = expectOk(won, z.object({ match: z.object({ id: z.guid() }) }));
    const { timeline } = await rideOf(world, as, match.id);
    assert.ok(timeline.some(({ action }) => action === "redispatch"));
    assert.ok(timeline.some((entry) => entry.match_id === ride.match.id), "the ride before");
    await act(world, { match: match.id, action: "arrive", as: "service" });
  });

  test("nobody near is an answer; a ride that has begun, or is over, is refused", async (world) => {
    const as = await signIn(world);
    const lonely = await rideIn(world, "accepted");
    const again = await redispatch(world, as, `rides/${lonely.match.id}`);
    assert.deepEqual([again.problem, again.dispatch?.status, again.dispatch?.candidates], [
      null,
      "exhausted",
      0,
    ]);
    for (const status of ["in_progress", "completed"] as const) {
      const { match } = await rideIn(world, status);
      const path = `orchestrator/operator/rides/${match.id}/redispatch`;
      expectCode(await world.http.post(path, { as, ...REASON }), "MATCH_INVALID_STATE");
    }
  });

  test("an operator finds a waiting passenger a driver, and cancels who is open", async (world) => {
    const as = await signIn(world);
    const { passenger, driver } = await openPair(world);
    const started = await redispatch(world, as, `trips/${passenger.id}`);
    assert.deepEqual([started.match, started.dispatch?.status], [null, "running"]);
    const waiting = (await look(world, as, "?status=waiting")).trips
      .find(({ trip_id }) => trip_id === passenger.id);
    assert.equal(waiting?.dispatch?.id, started.dispatch?.id);
    for (const trip of [passenger, driver]) {
      const path = `orchestrator/operator/trips/${trip.id}/cancel`;
      assert.equal(
        expectOk(await world.http.post(path, { as, ...REASON }), cancelled).trip?.status,
        "cancelled",
      );
      expectCode(await world.http.post(path, { as, ...REASON }), "TRIP_CANCELLED");
    }
    const busy = await rideIn(world, "pending");
    const path = `orchestrator/operator/trips/${busy.driver.id}/cancel`;
    const refused = await world.http.post(path, { as, ...REASON });
    expectCode(refused, "TRIP_ALREADY_MATCHED");
    assert.ok(refused.text.includes(busy.match.id), "it says which ride");
  });

  test("a call for help is listed until it is taken up", async (world) => {
    const as = await signIn(world);
    const { match, passenger } = await rideIn(world, "in_progress");
    const alert = await callForHelp(world, { match: match.id, user: passenger.user_id });
    const list = async (): Promise<z.infer<typeof alerts>["alerts"]> =>
      expectOk(await world.http.get("orchestrator/operator/sos", { as }), alerts).alerts;
    const listed = (await list()).find(({ alert_id }) => alert_id === alert);
    assert.deepEqual([listed?.acknowledged_at, listed?.side], [null, "passenger"]);
    assert.ok((await look(world, as)).counts.sos > 0);
    const path = `orchestrator/operator/sos/${alert}/acknowledge`;
    const taken = expectOk(await world.http.post(path, { as, body: {} }), acknowledged);
    assert.equal(taken.alert.acknowledged_by, "Claire");
    const again = expectOk(await world.http.post(path, { body: { by: "Eve" } }), acknowledged);
    assert.equal(again.alert.acknowledged_by, "Claire");
    const unknown = `orchestrator/operator/sos/${crypto.randomUUID()}/acknowledge`;
    expectCode(await world.http.post(unknown, { as, body: {} }), "ALERT_NOT_FOUND");
  });

  test("dead letters are retried or dropped, each once", async (world) => {
    const as = await signIn(world);
    const ids: string[] = [];
    for (const body of ["one", "two"]) {
      const [row] = await world.sql<{ id: string }[]>`
        insert into mobility.deliveries (target, body, status, error_detail)
        values ('sos', ${new TextEncoder().encode(body)}, 'dead', 'HTTP 500') returning id`;
      ids.push(row?.id ?? "");
    }
    const list = async (): Promise<string[]> =>
      expectOk(await world.http.get("orchestrator/operator/dead-letters", { as }), deadLetters)
        .letters.map(({ id }) => id).filter((id) => ids.includes(id));
    assert.equal((await list()).length, 2);
    for (const [i, action] of ["retry", "drop"].entries()) {
      const body = { queue: "deliveries", id: ids[i] };
      const path = `orchestrator/operator/dead-letters/${action}`;
      assert.equal((await world.http.post(path, { as, body })).status, 200);
      expectCode(await world.http.post(path, { as, body }), "DEAD_LETTER_NOT_FOUND");
      expectCode(
        await world.http.post(path, { as, body: { ...body, queue: "letters" } }),
        "VALIDATION_ERROR",
      );
      expectCode(
        await world.http.post(path, { as, body: { ...body, id: "1;2" } }),
        "VALIDATION_ERROR",
      );
    }
    assert.deepEqual(await list(), []);
    const rows = await world.sql`select id, status from mobility.deliveries where id in ${
      world.sql(ids)
    }`;
    assert.deepEqual([...rows], [{ id: ids[0], status: "queued" }]);
    await world.sql`delete from mobility.deliveries where id in ${world.sql(ids)}`;
  });
}

/** A new operator. */
async function signIn(world: World): Promise<As> {
  const user = crypto.randomUUID();
  await world.sql`insert into mobility.operators (user_id, name) values (${user}, 'Claire')`;
  return { user };
}

async function look(world: World, as: As, query = ""): Promise<z.infer<typeof overview>> {
  return expectOk(await world.http.get(`orchestrator/operator/overview${query}`, { as }), overview);
}

async function rideOf(world: World, as: As, id: string): Promise<z.infer<typeof rideInFull>> {
  return expectOk(await world.http.get(`orchestrator/operator/rides/${id}`, { as }), rideInFull);
}

async function redispatch(
  world: World,
  as: As,
  target: string,
): Promise<z.infer<typeof redispatched>> {
  const path = `orchestrator/operator/${target}/redispatch`;
  return expectOk(await world.http.post(path, { as, ...REASON }), redispatched);
}

async function callForHelp(
  world: World,
  { match, user }: { match: string; user: string },
): Promise<string> {
  const [row] = await world.sql<{ id: string }[]>`
    insert into mobility.sos_alerts (match_id, user_id, side) values (${match}, ${user}, 'passenger')
    returning id`;
  return row?.id ?? "";
}
