import assert from "node:assert/strict";
import type { z } from "zod";
import type { trackedMatch } from "../../../shared/tracking/answers.ts";
import { progressOf } from "../../../shared/tracking/progress.ts";

type Tracked = z.infer<typeof trackedMatch>;

const pickup = { lat: -1.95, lng: 30.06, text: null };
const dropoff = { lat: -1.95 + 0.04, lng: 30.06, text: null };
const time = "2026-01-01T00:00:00Z";

function tracked(
  status: Tracked["match"]["status"],
  options: { north?: number; dropoff?: Tracked["match"]["dropoff"] } = {},
): Tracked {
  const id = crypto.randomUUID();
  return {
    match: {
      id,
      status,
      initiated_by: "passenger",
      respond_by: time,
      passenger_trip_id: id,
      driver_trip_id: id,
      passenger_user_id: id,
      driver_user_id: id,
      vehicle_type: "moto",
      pickup,
      dropoff: options.dropoff === undefined ? dropoff : options.dropoff,
      distance_m: null,
      fare_amount: null,
      currency: null,
      created_at: time,
      updated_at: time,
      accepted_at: null,
      arrived_at: null,
      started_at: null,
      completed_at: null,
      ended_at: null,
      cancel_reason: null,
    },
    driver_position: options.north === undefined ? null : {
      lat: pickup.lat + options.north,
      lng: pickup.lng,
      position_at: time,
      position_age_s: 3,
      accuracy_m: null,
      heading: null,
      speed_mps: null,
    },
    passenger_position: null,
    vehicle: { speed_mps: 5, road_factor: 1.2 },
    events: [],
  };
}

Deno.test("progressOf() heads for the pickup before the ride, by road and at the vehicle's pace", () => {
  for (const status of ["pending", "accepted"] as const) {
    const progress = progressOf(tracked(status, { north: -0.01 }));
    // 0.01 degrees of latitude are 1,112 m; 1.2 times that by road, at 5 m/s.
    assert.deepEqual(progress, {
      heading_for: "pickup",
      remaining_m: 1334,
      eta_s: 267,
      progress: null,
    });
  }
});

Deno.test("progressOf() heads for the dropoff during the ride and tells the part that is done", () => {
  const parts = [[0, 0], [0.01, 0.25], [0.04, 1], [-0.01, 0]] as const;
  for (const [north, part] of parts) {
    const { heading_for, progress } = progressOf(tracked("in_progress", { north }));
    assert.deepEqual([heading_for, progress], ["dropoff", part]);
  }
});

Deno.test("progressOf() knows no way without a driver's position, a dropoff or a ride", () => {
  const none = { heading_for: null, remaining_m: null, eta_s: null, progress: null };
  assert.deepEqual(progressOf(tracked("accepted")), { ...none, heading_for: "pickup" });
  assert.deepEqual(progressOf(tracked("in_progress", { north: 0, dropoff: null })), none);
  for (const status of ["driver_arrived", "completed", "cancelled_driver", "expired"] as const) {
    assert.deepEqual(progressOf(tracked(status, { north: 0 })), none, status);
  }
});

Deno.test("progressOf() of a ride to where it began has no part that is done", () => {
  const { progress, remaining_m } = progressOf(
    tracked("in_progress", { north: 0, dropoff: pickup }),
  );
  assert.deepEqual([progress, remaining_m], [null, 0]);
});
