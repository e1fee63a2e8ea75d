import type { z } from "zod";
import type { TravelTimes } from "../eta/mod.ts";
import { distanceM, type Point, type VehiclePace } from "../geo/mod.ts";
import type { match } from "../rides/mod.ts";
import type { livePosition } from "./answers.ts";

/** A ride and where its driver is, as far as its progress depends on them. */
export interface Tracked {
  readonly match: Pick<z.infer<typeof match>, "status" | "pickup" | "dropoff">;
  readonly driver_position: z.infer<typeof livePosition>;
  readonly vehicle: VehiclePace;
}

/** How far a ride is from its next point, and how long it will take. Null where there is no such point. */
export interface Progress {
  /** What the driver is heading for. */
  readonly heading_for: "pickup" | "dropoff" | null;
  readonly remaining_m: number | null;
  readonly eta_s: number | null;
  /** The part of the way from pickup to dropoff that is done, 0 to 1, during the ride. */
  readonly progress: number | null;
}

/** The progress of a match from where its driver was last seen. */
export async function progressOf(tracked: Tracked, travelTimes: TravelTimes): Promise<Progress> {
  const { match, driver_position: driver, vehicle } = tracked;
  const target = targetOf(match);
  if (target === null || driver === null) {
    return { heading_for: target?.name ?? null, remaining_m: null, eta_s: null, progress: null };
  }
  const airM = distanceM(driver, target.point);
  const [seconds] = await travelTimes.seconds({
    one: target.point,
    others: [driver],
    direction: "to_one",
    pace: vehicle,
  });
  const wholeM = match.dropoff === null ? 0 : distanceM(match.pickup, match.dropoff);
  return {
    heading_for: target.name,
    remaining_m: Math.round(airM * vehicle.road_factor),
    eta_s: seconds ?? null,
    progress: target.name === "dropoff" && wholeM > 0
      ? Math.round(Math.min(1, Math.max(0, 1 - airM / wholeM)) * 1000) / 1000
      : null,
  };
}

function targetOf(
  match: Tracked["match"],
): { name: "pickup" | "dropoff"; point: Point } | null {
  if (match.status === "pending" || match.status === "accepted") {
    return { name: "pickup", point: match.pickup };
  }
  return match.status === "in_progress" && match.dropoff !== null
    ? { name: "dropoff", point: match.dropoff }
    : null;
}
