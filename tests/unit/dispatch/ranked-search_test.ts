import assert from "node:assert/strict";
import { findRanked, type RankedSearch } from "../../../shared/dispatch/mod.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";
import { driverTripId, openCitySearch } from "./support/city-search.ts";

const strategies = createStrategies(undefined);
const search: RankedSearch = {
  caller: { kind: "service" },
  tripId: "10000000-0000-4000-8000-000000000001",
  role: "driver",
  radiusM: 15_000,
  limit: 9,
  strategy: "quality",
};

Deno.test("findRanked() looks at nobody farther than near while there is somebody, in one search", async () => {
  await using city = openCitySearch([400, 1_900, 5_100]);
  const { found, withinM } = await findRanked(city.platform, {
    ...search,
    nearM: 5_000,
    strategies,
  });
  assert.deepEqual(found.map(({ trip_id }) => trip_id), [1, 0].map(driverTripId));
  assert.deepEqual(found.map(({ eta_s }) => eta_s), [1001, 1002]);
  assert.equal(withinM, 5_000);
  assert.deepEqual(city.calls, ["find_counterparts", "osrm 2"]);
});

Deno.test("findRanked() looks farther when nobody is near, without asking again", async () => {
  await using city = openCitySearch([5_100, 14_000, 16_000]);
  const { found, withinM } = await findRanked(city.platform, {
    ...search,
    nearM: 5_000,
    strategies,
  });
  assert.deepEqual(found.map(({ trip_id }) => trip_id).sort(), [0, 1].map(driverTripId));
  assert.equal(withinM, 15_000);
  assert.deepEqual(city.calls, ["find_counterparts", "osrm 2"]);
});

Deno.test("findRanked() finds all within the radius when not told what is near, somebody at the spot included", async () => {
  await using city = openCitySearch([0, 6_000, 14_000]);
  const { found, withinM } = await findRanked(city.platform, { ...search, strategies });
  assert.equal(found.length, 3);
  assert.equal(withinM, 15_000);
});

Deno.test("findRanked() works out times for those alone who are shown, and asks nobody when no one sees them", async () => {
  await using city = openCitySearch([700, 1_400, 2_100]);
  const { found } = await findRanked(city.platform, { ...search, limit: 1, strategies });
  assert.equal(found.length, 1);
  assert.deepEqual(city.calls, ["find_counterparts", "osrm 1"]);
  city.calls.length = 0;
  const plain = await findRanked(city.platform, { ...search, plainTimes: true, strategies });
  assert.deepEqual(plain.found.map(({ eta_s }) => eta_s).sort((a, b) => a - b), [130, 260, 390]);
  assert.deepEqual(city.calls, ["find_counterparts"]);
});
