import assert from "node:assert/strict";
import { createRandom } from "../../../scripts/city/random.ts";
import { pointAlong, pointNear } from "../../../scripts/city/route.ts";
import { distanceM } from "../../../shared/geo/mod.ts";

const KCC = { lat: -1.9547, lng: 30.0936 };
const AIRPORT = { lat: -1.9622, lng: 30.1344 };

Deno.test("pointAlong() starts at the start, ends at the end and moves evenly", () => {
  const way = { from: KCC, to: AIRPORT };
  assert.ok(distanceM(pointAlong(way, 0), KCC) < 0.01);
  assert.ok(distanceM(pointAlong(way, 1), AIRPORT) < 0.01);
  const half = distanceM(KCC, pointAlong(way, 0.5));
  assert.ok(Math.abs(half - distanceM(KCC, AIRPORT) / 2) < 1, `${half}`);
});

Deno.test("pointNear() stays within the radius and fills it, at any latitude", () => {
  for (const centre of [KCC, { lat: 60, lng: -73.98 }]) {
    const random = createRandom(5);
    const distances = Array.from(
      { length: 2_000 },
      () => distanceM(centre, pointNear(centre, { radiusM: 300, random })),
    );
    assert.ok(Math.max(...distances) <= 301, `${Math.max(...distances)}`);
    const inner = distances.filter((distance) => distance < 150).length / distances.length;
    assert.ok(Math.abs(inner - 0.25) < 0.04, `${inner} of the points in a quarter of the area`);
  }
});
