import assert from "node:assert/strict";
import { bearing, compassPoint } from "../../../shared/geo/mod.ts";

const kigali = { lat: -1.9441, lng: 30.0619 };

Deno.test("bearing() goes clockwise from north, from 0 to below 360", () => {
  const cases: [number, number, number][] = [
    [1, 0, 0],
    [0, 1, 90],
    [-1, 0, 180],
    [0, -1, 270],
  ];
  for (const [lat, lng, degrees] of cases) {
    assert.ok(Math.abs(bearing({ lat: 0, lng: 0 }, { lat, lng }) - degrees) < 1e-9);
  }
  // Baghdad to Osaka: sets out north of east though Osaka is hardly further north.
  assert.ok(Math.abs(bearing({ lat: 35, lng: 45 }, { lat: 35, lng: 135 }) - 60.16) < 0.01);
});

Deno.test("compassPoint() is each direction from Kigali, and the turn of a step", () => {
  const step = 0.05;
  const cases: [number, number, string][] = [
    [1, 0, "n"],
    [1, 1, "ne"],
    [0, 1, "e"],
    [-1, 1, "se"],
    [-1, 0, "s"],
    [-1, -1, "sw"],
    [0, -1, "w"],
    [1, -1, "nw"],
    [1, 0.3, "n"],
    [1, 0.5, "ne"],
    [1, -0.3, "n"],
  ];
  for (const [north, east, expected] of cases) {
    const to = { lat: kigali.lat + north * step, lng: kigali.lng + east * step };
    assert.equal(compassPoint(kigali, to), expected);
  }
});

Deno.test("compassPoint() is east across the date line; nowhere to go is north", () => {
  assert.equal(compassPoint({ lat: 0, lng: 179.9 }, { lat: 0, lng: -179.9 }), "e");
  assert.equal(compassPoint(kigali, kigali), "n");
});
