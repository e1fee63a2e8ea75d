import assert from "node:assert/strict";
import fc from "fast-check";
import type { CandidateRow } from "../../../shared/matching/answers.ts";
import {
  certainRadiusM,
  isNarrow,
  type Pool,
  poolOf,
  SEARCH_SIZE,
  searchPool,
} from "../../../shared/matching/pool.ts";
import { at, driver, nearest, origin, vehicle } from "./support/crowd.ts";

/** Metres to the north and to the east of the origin. */
const offset = fc.record({
  north: fc.integer({ min: -6_000, max: 6_000 }),
  east: fc.integer({ min: -6_000, max: 6_000 }),
});
const city = fc.array(offset, { maxLength: 150, size: "max" });
const near = fc.record({
  north: fc.integer({ min: -400, max: 400 }),
  east: fc.integer({ min: -400, max: 400 }),
});

function poolAround(drivers: readonly CandidateRow[]): Pool {
  const found = nearest(drivers, { from: origin, limit: SEARCH_SIZE }).map(({ row }) => row);
  return poolOf({ vehicle, found }, { origin, vehicleType: "moto", asked: SEARCH_SIZE });
}

Deno.test("certainRadiusM() is a distance within which searchPool() answers as a search of everybody", () => {
  let full = 0;
  fc.assert(
    fc.property(city, near, fc.constantFrom(500, 2_000, 8_000), (offsets, moved, radiusM) => {
      const everybody = offsets.map((point, index) => driver(index, at(point)));
      const from = poolAround(everybody);
      const here = at(moved);
      const certainM = certainRadiusM(from, here);
      const got = searchPool(from, { at: here, radiusM }).map(({ distance_m }) => distance_m);
      const wanted = nearest(everybody, { from: here, limit: Infinity })
        .filter(({ metres }) => Math.round(metres) <= radiusM)
        .map(({ metres }) => Math.round(metres));
      assert.deepEqual(got, [...got].sort((a, b) => a - b), "nearest first");
      if (everybody.length < SEARCH_SIZE) {
        assert.equal(certainM, Infinity);
        assert.deepEqual(got, wanted);
        return;
      }
      full++;
      assert.ok(certainM < Infinity);
      const within = (list: number[]): number[] => list.filter((metres) => metres < certainM - 1);
      assert.deepEqual(within(got), within(wanted));
    }),
    { numRuns: 500 },
  );
  assert.ok(full > 100, `${full} pools were full`);
});

Deno.test("searchPool() leaves out who is excluded or gone, and who is beyond the radius", () => {
  const drivers = [100, 300, 500, 700, 3_000].map((metres, index) =>
    driver(index, at({ north: metres, east: 0 }))
  );
  const from = poolAround(
    drivers.map((row, index) => index === 1 ? { ...row, expires_in_s: 0 } : row),
  );
  const indexes = (more: Partial<Parameters<typeof searchPool>[1]>): number[] =>
    searchPool(from, { at: origin, radiusM: 1_000, ...more }).map(({ trip_id }) =>
      Number(trip_id.slice(-1))
    );
  assert.deepEqual(indexes({}), [0, 2, 3]);
  assert.deepEqual(indexes({ excludedUsers: new Set([drivers[2]?.user_id ?? ""]) }), [0, 3]);
  assert.deepEqual(indexes({ radiusM: 600 }), [0, 2]);
  assert.deepEqual(indexes({ radiusM: 5_000 }), [0, 2, 3, 4]);
});

Deno.test("searchPool() tells distances from where the search is, and ages and ends as they are now", () => {
  const rows = [
    driver(1, at({ north: 1_000, east: 0 })),
    { ...driver(2, at({ north: 1_100, east: 0 })), expires_in_s: 29 },
  ];
  const from = { ...poolAround(rows), stored_at: Date.now() - 30_000 };
  const [got, ...others] = searchPool(from, { at: at({ north: 400, east: 0 }), radiusM: 5_000 });
  assert.deepEqual(others, [], "the second one's trip is over by now");
  assert.deepEqual(
    [got?.distance_m, got?.position_age_s, got?.rating, got?.vehicle_type],
    [600, 40, 4.5, "moto"],
  );
});

Deno.test("isNarrow() is true of pools whose rows end near, never of one that has everybody", () => {
  const spread = (metres: number, count: number): CandidateRow[] =>
    Array.from({ length: count }, (_, i) => driver(i, at({ north: metres * i / count, east: 0 })));
  assert.equal(isNarrow(poolAround(spread(900, SEARCH_SIZE))), true);
  assert.equal(isNarrow(poolAround(spread(1_100, SEARCH_SIZE))), false);
  assert.equal(isNarrow(poolAround(spread(900, SEARCH_SIZE - 1))), false);
});
