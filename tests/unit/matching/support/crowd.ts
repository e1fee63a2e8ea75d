import { distanceM, type Point } from "../../../../shared/geo/mod.ts";
import type { CandidateRow } from "../../../../shared/matching/answers.ts";

export const vehicle = { speed_mps: 7, road_factor: 1.3 };
export const origin = { lat: -1.95, lng: 30.06 };

/** Somewhere, in metres to the north and to the east of the origin. */
export interface Offset {
  readonly north: number;
  readonly east: number;
}

/** The point at an offset. */
export function at({ north, east }: Offset): Point {
  return { lat: origin.lat + north / 111_195, lng: origin.lng + east / 111_130 };
}

/** A driver at a point; the number makes the ids. */
export function driver(index: number, where: Point): CandidateRow {
  return {
    trip_id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    user_id: `10000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    ...where,
    position_age_s: 10,
    expires_in_s: 600,
    standing: {
      rating: 4.5,
      rating_count: 10,
      acceptance_rate: null,
      offer_count: 0,
      completion_rate: null,
      match_count: 0,
      total_trips: 12,
    },
  };
}

/** The nearest and their distances, by looking at everybody. */
export function nearest(
  drivers: readonly CandidateRow[],
  search: { from: Point; limit: number },
): { row: CandidateRow; metres: number }[] {
  return drivers
    .map((row) => ({ row, metres: distanceM(search.from, row) }))
    .sort((a, b) => a.metres - b.metres)
    .slice(0, search.limit);
}
