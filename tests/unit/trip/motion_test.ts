import assert from "node:assert/strict";
import { between } from "../../../web/trip/motion.js";

Deno.test("between() goes straight from pose to pose", () => {
  const from = { lat: -1.94, lng: 30.06, heading: 90 };
  const to = { lat: -1.95, lng: 30.08, heading: 90 };
  assert.deepEqual(between(from, to, 0), from);
  const half = between(from, to, 0.5);
  assert.ok(Math.abs(half.lat + 1.945) < 1e-9 && Math.abs(half.lng - 30.07) < 1e-9);
});

Deno.test("between() turns the shorter way round, and has turned before it is there", () => {
  const at = { lat: 0, lng: 0 };
  const turned = between({ ...at, heading: 350 }, { ...at, heading: 20 }, 0.4);
  assert.equal(turned.heading, 380);
  assert.equal(between({ ...at, heading: 20 }, { ...at, heading: 350 }, 1).heading, -10);
});
