import assert from "node:assert/strict";
import { kigaliCity } from "../../../scripts/demo/kigali-city.ts";
import { pickupsCity, sampleEvenly } from "../../../scripts/demo/pickups-city.ts";
import { distanceM } from "../../../shared/geo/mod.ts";

const SEED = {
  places: [
    { name: "Nyabugogo", lat: -1.94065, lng: 30.04448, weight: 10 },
    { name: "Kimironko", lat: -1.9497, lng: 30.1262, weight: 9 },
    { name: "Rubilizi", lat: -1.99397, lng: 30.13295, weight: 1 },
  ],
  drivers: Array.from({ length: 10 }, (_, index) => ({
    user_id: `d0000000-0000-4000-8000-00000000000${index}`,
    vehicle_type: index < 8 ? "moto" : "cab",
  })),
};

Deno.test("kigaliCity() asks in order of time, with peaks, between different places", () => {
  const { requests, drivers } = kigaliCity(SEED, { rides: 3_000, seed: 1 });
  assert.equal(requests.length, 3_000);
  assert.equal(drivers.length, 10);
  const times = requests.map(({ askedAt }) => askedAt);
  assert.deepEqual(times, times.toSorted());
  const inHour = (hour: string): number => times.filter((time) => time.startsWith(hour)).length;
  assert.ok(inHour("18") > 2 * inHour("10"), `${inHour("18")} and ${inHour("10")}`);
  for (const { pickup, dropoff } of requests) assert.notEqual(pickup.text, dropoff.text);
  const busy = requests.filter(({ pickup }) => pickup.text === "Nyabugogo").length;
  const quiet = requests.filter(({ pickup }) => pickup.text === "Rubilizi").length;
  assert.ok(busy > 5 * quiet, `${busy} and ${quiet}`);
});

Deno.test("kigaliCity() asks for vehicles as drivers have them, or for the one that is named", () => {
  const { requests } = kigaliCity(SEED, { rides: 2_000, seed: 1 });
  const cabs = requests.filter(({ vehicleType }) => vehicleType === "cab").length;
  assert.ok(Math.abs(cabs / requests.length - 0.2) < 0.03, `${cabs}`);
  const trucks = kigaliCity(SEED, { rides: 5, seed: 1, vehicleType: "truck" });
  const all = [...trucks.requests, ...trucks.drivers];
  assert.ok(all.every(({ vehicleType }) => vehicleType === "truck"));
});

Deno.test("kigaliCity() is the same for the same seed", () => {
  const options = { rides: 20, seed: 4 };
  assert.deepEqual(kigaliCity(SEED, options), kigaliCity(SEED, options));
  assert.notDeepEqual(kigaliCity(SEED, options), kigaliCity(SEED, { ...options, seed: 5 }));
});

Deno.test("pickupsCity() starts drivers among the pickups and ends rides at another one", () => {
  const pickups = Array.from({ length: 50 }, (_, index) => ({
    at: `${index}`,
    lat: 40.7 + index / 500,
    lng: -74,
  }));
  const { requests, drivers } = pickupsCity(pickups, { name: "file", rides: 10, seed: 1 });
  assert.deepEqual(
    requests.map(({ askedAt }) => askedAt),
    ["0", "5", "10", "15", "20", "25", "30", "35", "40", "45"],
  );
  for (const { pickup, dropoff } of requests) assert.ok(distanceM(pickup, dropoff) >= 500);
  assert.equal(drivers.length, 200);
  assert.equal(new Set(drivers.map(({ userId }) => userId)).size, 200);
  for (const { position } of drivers) {
    assert.ok(pickups.some((pickup) => distanceM(pickup, position) <= 301));
  }
});

Deno.test("pickupsCity() copes with pickups that are all in one spot", () => {
  const { requests } = pickupsCity([{ at: "now", lat: 1, lng: 1 }], {
    name: "file",
    rides: 3,
    seed: 1,
  });
  assert.equal(requests.length, 3);
});

Deno.test("sampleEvenly() takes all, then all over again, when more are wanted", () => {
  assert.deepEqual(sampleEvenly([1, 2, 3], 3), [1, 2, 3]);
  assert.deepEqual(sampleEvenly([1, 2, 3], 5), [1, 2, 3, 1, 2]);
  assert.deepEqual(sampleEvenly([1, 2, 3, 4], 2), [1, 3]);
});
