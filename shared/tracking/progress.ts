import type { z } from "zod";
import { distanceM, etaS, type Point } from "../geo/mod.ts";
import type { trackedMatch } from "./answers.ts";

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
export function progressOf(tracked: z.infer<typeof trackedMatch>): Progress {
  const { match, driver_position: driver, vehicle } = tracked;
  const target = targetOf(match);
  if (target === null || driver === null) {
    return { heading_for: target?.name ?? null, remaining_m: null, eta_s: null, progress: null };
  }
  const airM = distanceM(driver, target.point);
  const wholeM = match.dropoff === null ? 0 : distanceM(match.pickup, match.dropoff);
  return {
    heading_for: target.name,
    remaining_m: Math.round(airM * vehicle.road_factor),
    eta_s: etaS(airM, vehicle),
    progress: target.name === "dropoff" && wholeM > 0
      ? Math.round(Math.min(1, Math.max(0, 1 - airM / wholeM)) * 1000) / 1000
      : null,
  };
}

function targetOf(
  match: z.infer<typeof trackedMatch>["match"],
): { name: "pickup" | "dropoff"; point: Point } | null {
  if (match.status === "pending" || match.status === "accepted") {
    return { name: "pickup", point: match.pickup };
  }
  return match.status === "in_progress" && match.dropoff !== null
    ? { name: "dropoff", point: match.dropoff }
    : null;
}
