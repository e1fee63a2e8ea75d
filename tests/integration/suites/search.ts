import assert from "node:assert/strict";
import { z } from "zod";
import { expectCode, expectOk } from "../../support/http.ts";
import {
  act,
  newSpot,
  north,
  openDriver,
  openPassenger,
  propose,
  type Trip,
} from "../../support/stack-people.ts";
import { findDrivers, tripsOf, tryFindDrivers, until } from "../../support/stack-search.ts";
import type { Suite, World } from "../../support/stack.ts";

const passengers = z.object({
  passengers: z.array(z.object({ trip_id: z.string(), distance_m: z.number(), rank: z.number() })),
  count: z.number(),
});
const nearby = z.object({
  drivers: z.array(z.object({ trip_id: z.string(), user_id: z.string(), distance_m: z.number() })),
});

/** find-drivers, find-passengers and find-nearby, fresh and from the cache. */
export function searchSuite({ test }: Suite): void {
  test("find-drivers ranks the drivers of the seed around a pin in Kigali", async (world) => {
    const trip = await openPassenger(world, { at: { lat: -1.9441, lng: 30.0619 } });
    const found = await findDrivers(world, {
      trip: trip.id,
      as: { user: trip.user_id },
      more: { limit: 15, radius_m: 8000 },
    });
    assert.equal(found.count, 15);
    assert.deepEqual(
      found.drivers.map(({ rank }) => rank),
      Array.from({ length: 15 }, (_, i) => i + 1),
    );
    for (const [index, driver] of found.drivers.entries()) {
      const sum = Object.values(driver.score_parts).reduce((total, part) => total + part, 0);
      assert.ok(Math.abs(sum - driver.score) < 1e-6, "the score is the sum of its parts");
      assert.ok(driver.score <= (found.drivers[index - 1]?.score ?? Infinity), "best first");
      assert.ok(driver.distance_m <= 8000);
      assert.equal(driver.vehicle_type, "moto");
      assert.ok(driver.eta_s > 0 || driver.distance_m === 0);
    }
    assert.ok(
      found.drivers.some(({ rating, total_trips }) => (rating ?? 0) > 3 && total_trips > 0),
    );
  });

  test("find-passengers is the mirror of find-drivers", async (world) => {
    const at = newSpot();
    const driver = await openDriver(world, { at });
    const waiting = await Promise.all(
      [200, 1200, 2600].map((metres) => openPassenger(world, { at: north(at, metres) })),
    );
    const cab = await openPassenger(world, { at: north(at, 100), vehicle_type: "cab" });
    const answer = await world.http.post("orchestrator/find-passengers", {
      as: { user: driver.user_id },
      body: { driver_trip_id: driver.id },
    });
    const found = expectOk(answer, passengers);
    assert.deepEqual(found.passengers.map(({ trip_id }) => trip_id), waiting.map(({ id }) => id));
    assert.ok(Math.abs((found.passengers[1]?.distance_m ?? 0) - 1200) < 15);
    assert.doesNotMatch(answer.text, new RegExp(cab.id), "another vehicle was asked for");
    for (
      const [path, body] of [
        ["find-passengers", { driver_trip_id: waiting[0]?.id }],
        ["find-drivers", { passenger_trip_id: driver.id }],
      ] as const
    ) {
      expectCode(await world.http.post(`orchestrator/${path}`, { body }), "TRIP_WRONG_ROLE");
    }
  });

  test("find-drivers orders by the strategy that is asked for", async (world) => {
    const at = newSpot();
    const near = await openDriver(world, { at: north(at, 100) });
    const good = await openDriver(world, { at: north(at, 4000) });
    await world.sql`
      select mobility.add_to_metrics(${good.user_id}, 'driver', ${
      world.sql.json({
        offers_accepted: 200,
        rides_completed: 200,
        rating_total: 1000,
        rating_count: 200,
      })
    })`;
    const trip = await openPassenger(world, { at });
    const order = async (strategy?: string): Promise<string[]> =>
      tripsOf(await findDrivers(world, { trip: trip.id, more: strategy ? { strategy } : {} }));
    assert.deepEqual(
      await order(),
      [near.id, good.id],
      "the nearest first, unless asked otherwise",
    );
    assert.deepEqual(await order("balanced"), [good.id, near.id]);
    assert.deepEqual(await order("quality"), [good.id, near.id]);
    assert.deepEqual(await order("proximity"), [near.id, good.id]);
  });

  test("find-drivers keeps to radius and limit, and never offers people to themselves", async (world) => {
    const at = newSpot();
    const trip = await openPassenger(world, { at });
    const drivers = await Promise.all(
      [300, 900, 1900, 6000].map((metres) => openDriver(world, { at: north(at, metres) })),
    );
    await openDriver(world, { at, user: trip.user_id });
    const ids = drivers.map(({ id }) => id);
    const find = async (more: Record<string, unknown>): Promise<string[]> =>
      tripsOf(
        await findDrivers(world, { trip: trip.id, more: { strategy: "proximity", ...more } }),
      );
    assert.deepEqual(await find({}), ids);
    assert.deepEqual(await find({ radius_m: 2000 }), ids.slice(0, 3));
    assert.deepEqual(await find({ radius_m: 2000, limit: 1 }), ids.slice(0, 1));
  });

  test("find-nearby lists by distance and leaves out whom the caller excludes, and the caller", async (world) => {
    const at = newSpot();
    const drivers = await Promise.all(
      [100, 200, 300].map((metres) => openDriver(world, { at: north(at, metres) })),
    );
    const [first, second, third] = drivers;
    const answer = await world.http.post("matching/find-nearby", {
      as: { user: first?.user_id ?? "" },
      body: { ...at, vehicle_type: "moto", exclude_user_ids: [second?.user_id.toUpperCase()] },
    });
    const found = expectOk(answer, nearby);
    assert.deepEqual(found.drivers.map(({ trip_id }) => trip_id), [third?.id]);
  });

  test("the second search is answered from the cache, also for another passenger in the cell", async (world) => {
    const at = newSpot();
    const drivers = await Promise.all(
      [200, 700, 1500].map((metres) => openDriver(world, { at: north(at, metres) })),
    );
    const first = await openPassenger(world, { at });
    const fresh = await findDrivers(world, { trip: first.id });
    assert.equal(fresh.cached, false);
    const cached = await until(
      () => findDrivers(world, { trip: first.id }),
      (search) => search.cached,
    );
    assert.deepEqual(tripsOf(cached), tripsOf(fresh));
    const second = await openPassenger(world, { at: north(at, 60) });
    const shared = await until(
      () => findDrivers(world, { trip: second.id, as: { user: second.user_id } }),
      (search) => search.cached,
    );
    assert.deepEqual(tripsOf(shared).sort(), drivers.map(({ id }) => id).sort());
    const distance = shared.drivers.find(({ trip_id }) => trip_id === drivers[0]?.id)?.distance_m;
    assert.ok(Math.abs((distance ?? 0) - 140) < 3, `from where the second one is: ${distance}`);
    const far = await openPassenger(world, { at: north(at, 3000) });
    assert.equal((await findDrivers(world, { trip: far.id })).cached, false, "another cell");
  });

  test("a driver who is taken is in no answer that begins after", async (world) => {
    const at = newSpot();
    const drivers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => openDriver(world, { at: north(at, 100 + i * 50) })),
    );
    const watcher = await openPassenger(world, { at });
    await until(() => findDrivers(world, { trip: watcher.id }), (search) => search.cached);
    let cachedAnswers = 0;
    const gone = new Set<string>();
    for (const driver of drivers.slice(0, 7)) {
      const taker = await openPassenger(world, { at: north(at, 20) });
      let taken = false;
      const taking = propose(world, { passenger: taker, driver }).then(() => taken = true);
      // Searches run before, while and after the driver is taken.
      for (let after = 0; after < 3;) {
        const begunAfter = taken;
        const search = await findDrivers(world, { trip: watcher.id });
        if (search.cached) cachedAnswers++;
        if (begunAfter) {
          gone.add(driver.id);
          after++;
        }
        const offered = tripsOf(search).filter((id) => gone.has(id));
        assert.deepEqual(offered, [], `a taken driver was offered (cached: ${search.cached})`);
      }
      await taking;
    }
    assert.ok(cachedAnswers > 14, `of the answers, ${cachedAnswers} came from the cache`);
    const last = await findDrivers(world, { trip: watcher.id });
    assert.deepEqual(tripsOf(last), [drivers[7]?.id]);
  });

  test("a driver who is released comes back into the cached answers", async (world) => {
    const releases: [
      string,
      (trips: { taker: Trip; driver: Trip; match: string }) => Promise<unknown>,
    ][] = [
      [
        "decline",
        ({ driver, match }) =>
          act(world, { match, action: "decline", as: { user: driver.user_id } }),
      ],
      ["cancel", ({ taker, match }) =>
        act(world, {
          match,
          action: "cancel",
          as: { user: taker.user_id },
          body: { reason: "No" },
        })],
      [
        "DELETE of the passenger's trip",
        ({ taker }) =>
          world.http.call(`DELETE orchestrator/trips/${taker.id}`, { as: { user: taker.user_id } }),
      ],
    ];
    for (const [name, release] of releases) {
      const { driver, watcher, taker } = await cachedScene(world);
      const match = await propose(world, { passenger: taker, driver });
      assert.deepEqual(await offered(world, { watcher, driver }), false, name);
      await release({ taker, driver, match: match.id });
      await until(() => offered(world, { watcher, driver }), (isOffered) => isOffered);
      const search = await until(
        () => findDrivers(world, { trip: watcher.id }),
        ({ cached }) => cached,
      );
      assert.ok(tripsOf(search).includes(driver.id), `${name}: back, and from the cache`);
    }
  });

  test("a driver who refused a passenger stays out of that passenger's cached answers", async (world) => {
    const { driver, watcher } = await cachedScene(world);
    const match = await propose(world, { passenger: watcher, driver });
    await act(world, { match: match.id, action: "decline", as: { user: driver.user_id } });
    for (let i = 0; i < 6; i++) {
      assert.equal(await offered(world, { watcher, driver }), false);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  test("a driver's cancelled trip is not offered again, however often it is cancelled", async (world) => {
    const { driver, watcher } = await cachedScene(world);
    const cancel = `DELETE orchestrator/trips/${driver.id}`;
    assert.equal((await world.http.call(cancel)).status, 200);
    expectCode(await world.http.call(cancel), "TRIP_CANCELLED");
    expectCode(await world.http.call(cancel), "TRIP_CANCELLED");
    assert.equal(await offered(world, { watcher, driver }), false);
  });

  test("a driver's trip that was replaced by a new one is not offered", async (world) => {
    const { driver, watcher } = await cachedScene(world);
    await openDriver(world, { at: driver.pickup, user: driver.user_id });
    assert.equal(await offered(world, { watcher, driver }), false);
  });

  test("a replayed accept-match hides nobody", async (world) => {
    const { driver, watcher, taker } = await cachedScene(world);
    const headers = { "idempotency-key": crypto.randomUUID() };
    const body = { passenger_trip_id: taker.id, driver_trip_id: driver.id };
    const as = { user: taker.user_id };
    const first = await world.http.post("orchestrator/accept-match", { as, body, headers });
    const id = z.object({ match: z.object({ id: z.string() }) }).parse(first.body).match.id;
    await act(world, { match: id, action: "decline", as: { user: driver.user_id } });
    await until(() => offered(world, { watcher, driver }), (isOffered) => isOffered);
    const replay = await world.http.post("orchestrator/accept-match", { as, body, headers });
    assert.deepEqual(replay.body, first.body);
    await until(() => offered(world, { watcher, driver }), (isOffered) => isOffered);
  });

  test("an open trip that expires is no longer searched for nor found", async (world) => {
    const at = newSpot();
    const driver = await openDriver(world, { at });
    const trip = await openPassenger(world, { at });
    await world.sql`
      update mobility.trips set created_at = now() - interval '2 hours', expires_at = now() - interval '1 second'
      where id in (${trip.id}, ${driver.id})`;
    await world.sql`
      update mobility.live_positions set expires_at = now() - interval '1 second'
      where trip_id in (${trip.id}, ${driver.id})`;
    const other = await openPassenger(world, { at: north(at, 10) });
    assert.deepEqual(tripsOf(await findDrivers(world, { trip: other.id })), []);
    // Nothing that the cache knew was from before.
    expectCode(await tryFindDrivers(world, { trip: crypto.randomUUID() }), "TRIP_NOT_FOUND");
  });
}

/** Two drivers and two passengers in one cell, with a search that is in the cache. */
async function cachedScene(
  world: World,
): Promise<{ driver: Trip; watcher: Trip; taker: Trip }> {
  const at = newSpot();
  const driver = await openDriver(world, { at: north(at, 300) });
  await openDriver(world, { at: north(at, 800) });
  const watcher = await openPassenger(world, { at });
  const taker = await openPassenger(world, { at: north(at, 30) });
  await until(() => findDrivers(world, { trip: watcher.id }), (search) => search.cached);
  return { driver, watcher, taker };
}

async function offered(
  world: World,
  { watcher, driver }: { watcher: Trip; driver: Trip },
): Promise<boolean> {
  return tripsOf(await findDrivers(world, { trip: watcher.id })).includes(driver.id);
}
