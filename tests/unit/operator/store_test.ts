import assert from "node:assert/strict";
import { Store } from "../../../web/operator/store.js";
import { overviewOf, rideAt, tripAt } from "./samples.ts";

const NOW = Date.parse("2026-11-23T03:00:00Z");

function storeOf(parts: Parameters<typeof overviewOf>[0]): Store {
  const store = new Store();
  store.take(overviewOf(parts), []);
  return store;
}

Deno.test("Store.shown has what is wanted, of the kinds that are on", () => {
  const store = storeOf({
    rides: [rideAt(NOW), rideAt(NOW, { match_id: "n", status: "in_progress" })],
    trips: [tripAt()],
  });
  assert.deepEqual([store.shown.rides.length, store.shown.trips.length], [2, 1]);
  store.filter.kinds.delete("in_progress");
  store.filter.kinds.delete("waiting");
  assert.deepEqual(store.shown.rides.map(({ match_id }) => match_id), ["m"]);
  assert.deepEqual(store.shown.trips, []);
});

Deno.test("Store.shown finds names, plates and places, whatever their case", () => {
  const store = storeOf({ rides: [rideAt(NOW)], trips: [tripAt()] });
  for (
    const [text, rides, trips] of [
      ["aline", 1, 0],
      ["rad 123", 1, 0],
      [" heights ", 1, 1],
      ["AIRPORT", 1, 0],
      ["nobody", 0, 0],
    ] as const
  ) {
    store.filter.text = text;
    assert.deepEqual([store.shown.rides.length, store.shown.trips.length], [rides, trips], text);
  }
});

Deno.test("Store.move() moves the driver of the ride, and adds to the way of the one that is open", () => {
  const store = storeOf({ rides: [rideAt(NOW)] });
  const to = { match_id: "m", lat: -1.9, lng: 30.1, recorded_at: "2026-11-23T03:00:05Z" };
  store.move({ ...to, match_id: "unknown" });
  store.move({ ...to, heading: 90 });
  const [ride] = store.shown.rides;
  assert.deepEqual([ride?.driver_position?.lat, ride?.driver_position?.heading], [-1.9, 90]);
  assert.equal(ride?.driver_position?.position_at, to.recorded_at);
});

Deno.test("Store.changed() tells everybody once for all that changes in one go", async () => {
  const store = storeOf({});
  await Promise.resolve();
  let told = 0;
  store.listen(() => told++);
  store.select({ kind: "ride", id: "m" });
  store.select({ kind: "trip", id: "t" });
  await Promise.resolve();
  assert.equal(told, 1);
});

Deno.test("Store.select() forgets the ride that was open before", () => {
  const store = storeOf({ rides: [rideAt(NOW)] });
  store.select({ kind: "ride", id: "m" });
  assert.equal(store.ride, null);
});
