import assert from "node:assert/strict";
import { greatCircle } from "../../../shared/eta/mod.ts";
import { progressOf as progressBy, type Tracked } from "../../../shared/tracking/progress.ts";

const pickup = { lat: -1.95, lng: 30.06, text: null };
const dropoff = { lat: -1.95 + 0.04, lng: 30.06, text: null };
const time = "2026-01-01T00:00:00Z";

function tracked(
  status: Tracked["match"]["status"],
  options: { north?: number; dropoff?: Tracked["match"]["dropoff"] } = {},
): Tracked {
  return {
    match: {
      status,
      pickup,
      dropoff: options.dropoff === undefined ? dropoff : options.dropoff,
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
    vehicle: { speed_mps: 5, road_factor: 1.2 },
  };
}

function progressOf(of: Tracked): ReturnType<typeof progressBy> {
  return progressBy(of, greatCircle);
}

Deno.test("progressOf() heads for the pickup before the ride, by road and at the vehicle's pace", async () => {
  for (const status of ["pending", "accepted"] as const) {
    const progress = await progressOf(tracked(status, { north: -0.01 }));
    // 0.01 degrees of latitude are 1,112 m; 1.2 times that by road, at 5 m/s.
    assert.deepEqual(progress, {
      heading_for: "pickup",
      remaining_m: 1334,
      eta_s: 267,
      progress: null,
    });
  }
});

Deno.test("progressOf() heads for the dropoff during the ride and tells the part that is done", async () => {
  const parts = [[0, 0], [0.01, 0.25], [0.04, 1], [-0.01, 0]] as const;
  for (const [north, part] of parts) {
    const { heading_for, progress } = await progressOf(tracked("in_progress", { north }));
    assert.deepEqual([heading_for, progress], ["dropoff", part]);
  }
});

Deno.test("progressOf() knows no way without a driver's position, a dropoff or a ride", async () => {
  const none = { heading_for: null, remaining_m: null, eta_s: null, progress: null };
  assert.deepEqual(await progressOf(tracked("accepted")), { ...none, heading_for: "pickup" });
  assert.deepEqual(await progressOf(tracked("in_progress", { north: 0, dropoff: null })), none);
  for (const status of ["driver_arrived", "completed", "cancelled_driver", "expired"] as const) {
    assert.deepEqual(await progressOf(tracked(status, { north: 0 })), none, status);
  }
});

Deno.test("progressOf() of a ride to where it began has no part that is done", async () => {
  const { progress, remaining_m } = await progressOf(
    tracked("in_progress", { north: 0, dropoff: pickup }),
  );
  assert.deepEqual([progress, remaining_m], [null, 0]);
});

Deno.test("progressOf() asks for the way from the driver to the next point, and shows what it is told", async () => {
  const asked: unknown[] = [];
  const { eta_s, remaining_m } = await progressBy(tracked("in_progress", { north: 0.01 }), {
    seconds: (ways) => {
      asked.push(ways);
      return Promise.resolve([421]);
    },
  });
  assert.deepEqual([eta_s, remaining_m], [421, 4003]);
  const { vehicle, driver_position } = tracked("in_progress", { north: 0.01 });
  assert.deepEqual(asked, [
    { one: dropoff, others: [driver_position], direction: "to_one", pace: vehicle },
  ]);
});
