import assert from "node:assert/strict";
import fc from "fast-check";
import { distanceM } from "../../../shared/geo/mod.ts";
import type { CandidateRow } from "../../../shared/matching/answers.ts";
import {
  cellOf,
  certainRadiusM,
  type Pool,
  POOL_SIZE,
  poolOf,
  searchPool,
} from "../../../shared/matching/pool.ts";

const vehicle = { speed_mps: 7, road_factor: 1.3 };
const origin = { lat: -1.95, lng: 30.06 };

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

function at({ north, east }: { north: number; east: number }): { lat: number; lng: number } {
  return { lat: origin.lat + north / 111_195, lng: origin.lng + east / 111_130 };
}

function driver(index: number, where: { lat: number; lng: number }): CandidateRow {
  return {
    trip_id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    user_id: `10000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    ...where,
    position_age_s: 10,
    expires_in_s: 600,
    standing: {
      rating: 4.5,
      rating_count: 10,
      acceptance_rate: null,
      offer_count: 0,
      completion_rate: null,
      match_count: 0,
      total_trips: 12,
    },
  };
}

/** The distances of the nearest, by looking at everybody. */
function nearest(
  drivers: readonly CandidateRow[],
  search: { from: { lat: number; lng: number }; limit: number },
): { row: CandidateRow; metres: number }[] {
  return drivers
    .map((row) => ({ row, metres: distanceM(search.from, row) }))
    .sort((a, b) => a.metres - b.metres)
    .slice(0, search.limit);
}

function poolAround(drivers: readonly CandidateRow[]): Pool {
  const found = nearest(drivers, { from: origin, limit: POOL_SIZE }).map(({ row }) => row);
  return poolOf({ vehicle, found }, { origin, vehicleType: "moto", asked: POOL_SIZE });
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
      if (everybody.length < POOL_SIZE) {
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

Deno.test("searchPool() leaves out who is taken, excluded or gone, and who is beyond the radius", () => {
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
  assert.deepEqual(indexes({ taken: new Set([drivers[0]?.trip_id ?? ""]) }), [2, 3]);
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

Deno.test("cellOf() gives one cell to points of one square and others to its neighbours", () => {
  const cell = cellOf({ lat: 0.00125, lng: 0.00125 });
  assert.equal(cellOf({ lat: 0.0024, lng: 0.0001 }), cell);
  assert.notEqual(cellOf({ lat: 0.00251, lng: 0.00125 }), cell);
  assert.notEqual(cellOf({ lat: -0.0001, lng: 0.00125 }), cell);
});
