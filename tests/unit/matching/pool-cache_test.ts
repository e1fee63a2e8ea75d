import assert from "node:assert/strict";
import fc from "fast-check";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { distanceM, type Point } from "../../../shared/geo/mod.ts";
import type { CandidateRow, SearchingTrip } from "../../../shared/matching/answers.ts";
import { markTaken } from "../../../shared/matching/availability.ts";
import {
  certainRadiusM,
  type Pool,
  POOL_SIZE,
  poolOf,
  SEARCH_SIZE,
  searchPool,
  SHARED_M,
} from "../../../shared/matching/pool.ts";
import { readSearch, storePool, storeTrip } from "../../../shared/matching/pool-cache.ts";
import { Cache, createLogger } from "../../../shared/platform/mod.ts";
import { at, driver, nearest, type Offset, origin, vehicle } from "./support/crowd.ts";

const logger = createLogger("test", { level: "error", write: () => {} });

/** A cache over a Redis in this process, of which a test may look at everything. */
async function openCache(): Promise<{ cache: Cache; redis: MemoryRedis } & AsyncDisposable> {
  const redis = await MemoryRedis.create();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    createRedisFront({ redis, token: "token" }),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    cache: new Cache({ url, token: "token" }, { deadlineMs: 5_000, logger }),
    redis,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await redis.close();
    },
  };
}

function poolAt(where: Point, everybody: readonly CandidateRow[]): Pool {
  const found = nearest(everybody, { from: where, limit: POOL_SIZE }).map(({ row }) => row);
  return poolOf({ vehicle, found }, { origin: where, vehicleType: "moto", asked: POOL_SIZE });
}

function passenger(where: Point, more: Partial<SearchingTrip> = {}): SearchingTrip {
  return {
    id: crypto.randomUUID(),
    user_id: crypto.randomUUID(),
    role: "passenger",
    vehicle_type: "moto",
    ...where,
    expires_at: new Date(Date.now() + 600_000).toISOString(),
    refused_by: [],
    ...more,
  };
}

async function search(
  cache: Cache,
  options: { trip: SearchingTrip; radiusM?: number; wanted?: number },
): Promise<Pool | undefined> {
  const { trip, radiusM = 10_000, wanted = 9 } = options;
  const read = await readSearch(cache, {
    tripId: trip.id,
    role: "driver",
    radiusM,
    wanted,
    endpoint: "find-drivers",
    subject: trip.id,
    limit: { requests: 100, windowS: 60 },
  });
  return read.search?.pool;
}

/** Keeps what a search has found that begins now. */
async function store(
  cache: Cache,
  options: Omit<Parameters<typeof storePool>[1], "generation">,
): Promise<void> {
  await storePool(cache, { ...options, generation: await generationOf(cache) });
}

async function generationOf(cache: Cache): Promise<string> {
  const { generation } = await readSearch(cache, {
    tripId: "none",
    role: "driver",
    radiusM: 1,
    wanted: 1,
    endpoint: "find-drivers",
    subject: crypto.randomUUID(),
    limit: { requests: 100, windowS: 60 },
  });
  assert.ok(generation);
  return generation;
}

const ttlS = 60;
const role = "driver";

Deno.test("readSearch() finds, as far as it is certain, who a fresh search of everybody finds", async () => {
  let hits = 0;
  const offset = (metres: number): fc.Arbitrary<Offset> =>
    fc.record({
      north: fc.integer({ min: -metres, max: metres }),
      east: fc.integer({ min: -metres, max: metres }),
    });
  await fc.assert(
    fc.asyncProperty(
      fc.array(offset(1_500), { minLength: 20, maxLength: 700, size: "max" }),
      fc.array(offset(400), { minLength: 1, maxLength: 3 }),
      offset(500),
      fc.constantFrom(300, 1_000, 10_000),
      fc.nat(9),
      async (offsets, origins, moved, radiusM, takenEach) => {
        await using stack = await openCache();
        const { cache } = stack;
        const everybody = offsets.map((point, index) => driver(index, at(point)));
        for (const pool of origins.map((point) => poolAt(at(point), everybody))) {
          await store(cache, { pool, role, ttlS });
        }
        const taken = everybody.filter((_, index) => takenEach > 0 && index % takenEach === 0);
        const takenIds = new Set(taken.map(({ trip_id }) => trip_id));
        if (taken.length > 0) {
          await markTaken(cache, { tripIds: [...takenIds], by: "somebody", poolTtlS: ttlS });
        }
        const trip = passenger(at(moved));
        await storeTrip(cache, trip);
        const pool = await search(cache, { trip, radiusM });
        if (pool === undefined) return;
        hits++;
        const available = everybody.filter((row) => !taken.includes(row));
        const got = searchPool(pool, { at: trip, radiusM });
        const ids = new Set(got.map(({ trip_id }) => trip_id));
        assert.ok(got.length <= SEARCH_SIZE);
        assert.deepEqual(got.filter(({ trip_id }) => takenIds.has(trip_id)), [], "nobody is taken");
        const certainM = Math.min(certainRadiusM(pool, trip), radiusM) - 1;
        const missing = nearest(available, { from: trip, limit: Infinity })
          .filter(({ row, metres }) => metres < certainM && !ids.has(row.trip_id));
        assert.deepEqual(missing, [], `nobody nearer than ${certainM} m is missing`);
      },
    ),
    { numRuns: 60 },
  );
  assert.ok(hits > 20, `${hits} searches were answered`);
});

Deno.test("readSearch() takes the youngest pool that will do, and none that was made too far away", async () => {
  await using stack = await openCache();
  const { cache } = stack;
  const everybody = Array.from(
    { length: 30 },
    (_, index) => driver(index, at({ north: index * 10, east: 0 })),
  );
  const north = (metres: number): Point => at({ north: metres, east: 0 });
  await store(cache, { pool: poolAt(north(0), everybody), role, ttlS: 50 });
  await store(cache, { pool: poolAt(north(300), everybody), role, ttlS: 60 });
  const originOf = async (metres: number): Promise<number | undefined> => {
    const trip = passenger(north(metres));
    await storeTrip(cache, trip);
    const pool = await search(cache, { trip });
    return pool && Math.round(distanceM(origin, pool.origin));
  };
  assert.equal(await originOf(10), 300);
  assert.equal(await originOf(-SHARED_M + 20), 0);
  assert.equal(await originOf(-SHARED_M - 20), undefined);
  assert.equal(await originOf(300 + SHARED_M + 20), undefined);
});

Deno.test("readSearch() finds pools across the edges of tiles, for the same vehicle type and role alone", async () => {
  await using stack = await openCache();
  const { cache } = stack;
  // A corner of four tiles of 0.02 degrees.
  const corner = { lat: -1.96, lng: 30.08 };
  const rows = [driver(1, corner)];
  const pool = poolOf({ vehicle, found: rows }, { origin: corner, vehicleType: "moto", asked: 60 });
  await store(cache, { pool, role, ttlS });
  const found = async (more: Partial<SearchingTrip>): Promise<boolean> => {
    const trip = passenger(corner, more);
    await storeTrip(cache, trip);
    return await search(cache, { trip }) !== undefined;
  };
  for (const lat of [corner.lat - 0.002, corner.lat + 0.002]) {
    for (const lng of [corner.lng - 0.002, corner.lng + 0.002]) {
      assert.equal(await found({ lat, lng }), true, `${lat} ${lng}`);
    }
  }
  assert.equal(await found({ vehicle_type: "cab" }), false);
});

Deno.test("readSearch() answers nothing for a trip that is taken, and nothing when all of a pool are", async () => {
  await using stack = await openCache();
  const { cache } = stack;
  const rows = [1, 2].map((index) => driver(index, at({ north: index, east: 0 })));
  const trip = passenger(origin);
  await store(cache, { pool: poolAt(origin, rows), role, ttlS, trip });
  const take = (...tripIds: string[]): Promise<boolean> =>
    markTaken(cache, { tripIds, by: "somebody", poolTtlS: ttlS });
  await take(rows[0]?.trip_id ?? "");
  assert.deepEqual((await search(cache, { trip }))?.rows, [rows[1]], "as the database gave it");
  await take(rows[1]?.trip_id ?? "");
  assert.equal(await search(cache, { trip }), undefined);
  const other = passenger(origin);
  await store(cache, { pool: poolAt(origin, [driver(3, origin)]), role, ttlS, trip: other });
  assert.notEqual(await search(cache, { trip: other }), undefined);
  await take(other.id);
  assert.equal(await search(cache, { trip: other }), undefined);
});

Deno.test("storePool() keeps nothing longer than its life, nor lists what is over, nor a pool of nobody", async () => {
  await using stack = await openCache();
  const { cache, redis } = stack;
  const run = async (...words: string[]): Promise<unknown> => (await redis.run([words]))[0];
  const keys = async (pattern: string): Promise<string[]> => {
    const found = await run("KEYS", pattern);
    assert.ok(Array.isArray(found));
    return found.map(String);
  };
  await store(cache, { pool: poolAt(origin, []), role, ttlS });
  assert.deepEqual(await keys("mobility:pool*"), []);
  await store(cache, {
    pool: poolAt(origin, [driver(1, origin)]),
    role,
    ttlS,
    trip: passenger(origin),
  });
  const lists = await keys("mobility:pools:driver:moto:*");
  assert.ok(lists.length >= 1 && lists.length <= 4, `${lists.length} lists`);
  for (const key of [...await keys("mobility:pool:*"), ...lists]) {
    assert.equal(await run("TTL", key), 60, key);
  }
  const list = lists[0] ?? "";
  await run("ZADD", list, String(Date.now() - 1), "mobility:pool:gone 0 0 100");
  assert.equal(await run("ZCARD", list), 2);
  await store(cache, { pool: poolAt(origin, [driver(1, origin)]), role, ttlS });
  assert.equal(await run("ZCARD", list), 2, "two that live, none that is over");
});

Deno.test("storePool() keeps nothing of a search that began before Redis lost the marks of who is taken", async () => {
  await using stack = await openCache();
  const { cache, redis } = stack;
  const [free, trip] = [driver(1, origin), passenger(origin)];
  const before = {
    pool: poolAt(origin, [free]),
    generation: await generationOf(cache),
    role,
    ttlS,
  };
  await markTaken(cache, { tripIds: [free.trip_id], by: "somebody", poolTtlS: ttlS });
  await redis.run([["FLUSHALL"]]);
  await storePool(cache, { ...before, trip, role });
  assert.equal(await search(cache, { trip }), undefined, "while there is no generation");
  await storePool(cache, { ...before, trip, role });
  assert.equal(await search(cache, { trip }), undefined, "in another generation");
  await store(cache, { ...before, trip, role });
  assert.deepEqual((await search(cache, { trip }))?.rows, [free], "of a search that began since");
});

Deno.test("readSearch() takes what it cannot read for a miss, and still tells the limit", async () => {
  let stored: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json([{ result: 7 }, { result: stored }]),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cache = new Cache({ url, token: "token" }, { deadlineMs: 2_000, logger });
  const unreadable = [["{", "{}", "[]", ""], ["{}", "[1,", "[]", ""], [
    "null",
    "null",
    "null",
    "x",
  ]];
  const generation = "now";
  for (
    const { answered, read } of [
      { answered: [], read: { limit: 7 } },
      { answered: ["{}", "{}"], read: { limit: 7 } },
      { answered: [generation], read: { limit: 7, generation } },
      ...unreadable.map((parts) => ({
        answered: [generation, ...parts],
        read: { limit: 7, generation },
      })),
    ]
  ) {
    stored = answered;
    const got = await readSearch(cache, {
      tripId: crypto.randomUUID(),
      role: "driver",
      radiusM: 1_000,
      wanted: 9,
      endpoint: "find-drivers",
      subject: "ann",
      limit: { requests: 1, windowS: 60 },
    });
    assert.deepEqual(got, read, JSON.stringify(stored));
  }
});

Deno.test("readSearch() takes a trip and a pool of another version for a miss", async () => {
  await using stack = await openCache();
  const { cache, redis } = stack;
  let failed = 0;
  cache.onError(() => failed++);
  const trip = passenger(origin);
  await redis.run([[
    "HSET",
    `mobility:trip:${trip.id}`,
    "data",
    JSON.stringify(trip),
    "cell",
    "moto:1:1",
  ]]);
  assert.equal(await search(cache, { trip }), undefined);
  await store(cache, { pool: poolAt(origin, [driver(1, origin)]), role, ttlS, trip });
  const [found] = await redis.run([["KEYS", "mobility:pool:*"]]);
  const key = Array.isArray(found) ? String(found[0]) : "";
  assert.notEqual(await search(cache, { trip }), undefined);
  await redis.run([["HDEL", key, "1"]]);
  assert.equal(await search(cache, { trip }), undefined, "a row is missing");
  await redis.run([["HSET", key, "1", '{"trip_id":1}']]);
  assert.equal(await search(cache, { trip }), undefined, "a row is of another shape");
  await redis.run([["HDEL", key, "at"]]);
  assert.equal(await search(cache, { trip }), undefined, "where they are is missing");
  assert.equal(failed, 0, "all of it is a miss, no error");
});
