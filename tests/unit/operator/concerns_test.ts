import assert from "node:assert/strict";
import { rideConcern, waitConcern } from "../../../web/operator/concerns.js";
import { rideAt, tripAt } from "./samples.ts";

const NOW = Date.parse("2026-11-23T03:00:00Z");
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

Deno.test("rideConcern() finds nothing wrong with a ride that goes well", () => {
  for (const status of ["accepted", "driver_arrived", "in_progress"] as const) {
    assert.equal(rideConcern(rideAt(NOW, { status }), NOW), null);
  }
});

Deno.test("rideConcern() puts a call for help before everything else", () => {
  const ride = rideAt(NOW, { is_sos: true, updated_at: ago(200), driver_position: null });
  assert.deepEqual(rideConcern(ride, NOW), { rank: 3, text: "Called for help" });
});

Deno.test("rideConcern() notices what takes too long, by the state", () => {
  for (
    const [status, minutes] of [["accepted", 20], ["driver_arrived", 10], [
      "in_progress",
      90,
    ]] as const
  ) {
    assert.equal(rideConcern(rideAt(NOW, { status, updated_at: ago(minutes - 1) }), NOW), null);
    assert.equal(rideConcern(rideAt(NOW, { status, updated_at: ago(minutes) }), NOW)?.rank, 2);
  }
});

Deno.test("rideConcern() notices a driver who fell silent, or was never heard of", () => {
  const silent = rideAt(NOW, { status: "accepted" });
  if (silent.driver_position) silent.driver_position.position_at = ago(7);
  assert.deepEqual(rideConcern(silent, NOW), { rank: 1, text: "Driver silent for 7 min" });
  const unknown = rideAt(NOW, { status: "accepted", driver_position: null });
  assert.equal(rideConcern(unknown, NOW)?.text, "No position of the driver");
});

Deno.test("rideConcern() notices a proposal that nobody answered", () => {
  const pending = { status: "pending", driver_position: null } as const;
  assert.equal(rideConcern(rideAt(NOW, { ...pending, respond_by: ago(-1) }), NOW), null);
  assert.equal(rideConcern(rideAt(NOW, { ...pending, respond_by: ago(1) }), NOW)?.rank, 1);
});

Deno.test("waitConcern() grows with the wait, and knows whether anybody searches", () => {
  assert.equal(waitConcern(tripAt({ wait_s: 299 })), null);
  assert.deepEqual(waitConcern(tripAt({ wait_s: 300 })), {
    rank: 1,
    text: "Waits, and nobody searches",
  });
  const dispatch = { id: "d", candidates: 9, offered: 3, started_at: ago(1) };
  assert.equal(waitConcern(tripAt({ wait_s: 300, dispatch }))?.text, "Waiting for 5 min");
  assert.deepEqual(waitConcern(tripAt({ wait_s: 660, dispatch })), {
    rank: 2,
    text: "Waiting for 11 min",
  });
});
