import assert from "node:assert/strict";
import fc from "fast-check";
import { distanceM, etaS, place, point } from "../../../shared/geo/mod.ts";

const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
});

Deno.test("distanceM() is that of known pairs, to 0.1%", () => {
  // The quarter of a meridian, half the equator, and Kigali to Nairobi and to Musanze, on the mean sphere.
  const pairs = [
    [{ lat: 0, lng: 0 }, { lat: 90, lng: 0 }, 10_007_557],
    [{ lat: 0, lng: 0 }, { lat: 0, lng: 180 }, 20_015_115],
    [{ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }, 111_195],
    [{ lat: -1.9441, lng: 30.0619 }, { lat: -1.2921, lng: 36.8219 }, 754_900],
    [{ lat: -1.9441, lng: 30.0619 }, { lat: -1.4998, lng: 29.6349 }, 68_500],
  ] as const;
  for (const [a, b, metres] of pairs) {
    const measured = distanceM(a, b);
    assert.ok(Math.abs(measured - metres) <= metres * 0.001, `${measured} instead of ${metres}`);
  }
});

Deno.test("distanceM() is symmetric, zero to itself, and keeps the triangle inequality", () => {
  fc.assert(fc.property(anywhere, anywhere, anywhere, (a, b, c) => {
    assert.equal(distanceM(a, a), 0);
    assert.ok(Math.abs(distanceM(a, b) - distanceM(b, a)) < 1e-6);
    assert.ok(distanceM(a, c) <= distanceM(a, b) + distanceM(b, c) + 0.5);
    assert.ok(distanceM(a, b) <= 20_015_116);
  }));
});

Deno.test("etaS() is the road's length over the speed, in whole seconds", () => {
  assert.equal(etaS(0, { speed_mps: 7, road_factor: 1.3 }), 0);
  assert.equal(etaS(7000, { speed_mps: 7, road_factor: 1.3 }), 1300);
  assert.equal(etaS(100, { speed_mps: 6.9, road_factor: 1.3 }), 19);
});

Deno.test("point takes what is on Earth and nothing else, and rounds what underflows to zero", () => {
  assert.deepEqual(point.parse({ lat: -90, lng: 180 }), { lat: -90, lng: 180 });
  assert.deepEqual(point.parse({ lat: 5e-324, lng: -1e-12 }), { lat: 0, lng: 0 });
  for (const [lat, lng] of [[91, 0], [0, 181], [NaN, 0], [0, Infinity], ["1", 2], [null, 2]]) {
    assert.equal(point.safeParse({ lat, lng }).success, false, `${lat}, ${lng}`);
  }
});

Deno.test("place takes a text that PostgreSQL can store", () => {
  const at = { lat: 1, lng: 2 };
  assert.equal(place.parse({ ...at, text: "  Gare 🛵 " }).text, "Gare 🛵");
  assert.equal(place.parse({ ...at, text: null }).text, null);
  for (const text of ["", "  ", "a\0", "\ud83d", "x".repeat(301)]) {
    assert.equal(place.safeParse({ ...at, text }).success, false, JSON.stringify(text));
  }
});
