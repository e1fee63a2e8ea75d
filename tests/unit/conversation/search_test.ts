import assert from "node:assert/strict";
import type { Search } from "../../../shared/conversation/mod.ts";
import { runSearch } from "../../../shared/conversation/search.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";
import { type CitySearch, driverTripId, openCitySearch } from "../dispatch/support/city-search.ts";
import { eventOf, ids, text } from "./events.ts";

const strategies = createStrategies(undefined);
const event = eventOf(text("hi"));
const list: Search = { trip_id: ids.passengerTrip, role: "driver", then: "list" };

function run({ platform }: CitySearch, search: Search): ReturnType<typeof runSearch> {
  return runSearch(platform, strategies, { event, search });
}

Deno.test("runSearch() lists those near, with their names and the road's times", async () => {
  await using city = openCitySearch([400, 6_000]);
  const { radius_m, wider, found } = await run(city, list);
  assert.deepEqual([radius_m, wider], [5_000, false]);
  assert.deepEqual(found.map(({ name, eta_s, distance_m }) => [name, eta_s, distance_m]), [
    ["Driver 0", 1001, 400],
  ]);
  assert.deepEqual(city.calls, ["find_counterparts", "osrm 1", "people_cards"]);
});

Deno.test("runSearch() says that it looked farther, whether or not it found somebody", async () => {
  for (const [distances, count] of [[[6_000], 1], [[16_000], 0], [[], 0]] as const) {
    await using city = openCitySearch(distances);
    const { radius_m, wider, found } = await run(city, { ...list, then: "dispatch" });
    assert.deepEqual([radius_m, wider, found.length], [15_000, true, count]);
  }
});

Deno.test("runSearch() still finds whoever was picked from the wider list, and asks nobody for times", async () => {
  await using city = openCitySearch([400, 6_000]);
  const picked = driverTripId(1);
  const { found } = await run(city, { ...list, then: "propose", driver_trip_id: picked });
  assert.deepEqual(found.map(({ trip_id }) => trip_id).sort(), [driverTripId(0), picked]);
  assert.deepEqual(city.calls, ["find_counterparts"]);
});
