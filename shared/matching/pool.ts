import { z } from "zod";
import { distanceM, type Point, point, vehiclePace } from "../geo/mod.ts";
import { type CandidateRow, candidateRow, type Found } from "./answers.ts";

/** How many counterparts a search takes from the database; ranking chooses among them. */
export const POOL_SIZE = 60;

/** Degrees of latitude and longitude of the squares that share a pool: about 280 m in Kigali. */
const CELL_DEGREES = 0.0025;

/** The result of one search, kept for the people who search near it. */
export const pool = z.object({
  /** Where it was made. */
  origin: point,
  vehicle_type: z.string(),
  vehicle: vehiclePace,
  /** True when these are all there are, not only the nearest. */
  complete: z.boolean(),
  /** Unix milliseconds. */
  stored_at: z.number(),
  /** Nearest to the origin first. */
  rows: z.array(candidateRow),
});

/** The result of one search, kept for the people who search near it. */
export type Pool = z.infer<typeof pool>;

/** The square that a point is in, as a key. */
export function cellOf(at: Point): string {
  return `${Math.floor(at.lat / CELL_DEGREES)}:${Math.floor(at.lng / CELL_DEGREES)}`;
}

/** Makes a pool of what the database found, asked for `asked` rows. */
export function poolOf(
  answer: { vehicle: Pool["vehicle"]; found: CandidateRow[] },
  options: { origin: Point; vehicleType: string; asked: number },
): Pool {
  return {
    origin: { lat: options.origin.lat, lng: options.origin.lng },
    vehicle_type: options.vehicleType,
    vehicle: answer.vehicle,
    complete: answer.found.length < options.asked,
    stored_at: Date.now(),
    rows: answer.found,
  };
}

/** A search to be answered from a pool. */
export interface PoolSearch {
  readonly at: Point;
  readonly radiusM: number;
  /** Trips that were taken since, and people who are not to be offered. */
  readonly taken?: ReadonlySet<string>;
  readonly excludedUsers?: ReadonlySet<string>;
}

/** Who of a pool is available within the radius of a point, nearest first, with distances and ages as they are now. */
export function searchPool(from: Pool, search: PoolSearch): Found[] {
  const agedS = Math.max(0, (Date.now() - from.stored_at) / 1000);
  const near: Found[] = [];
  for (const row of from.rows) {
    if (
      row.expires_in_s <= agedS || search.taken?.has(row.trip_id) ||
      search.excludedUsers?.has(row.user_id)
    ) continue;
    const metres = Math.round(distanceM(search.at, row));
    if (metres > search.radiusM) continue;
    const { standing, expires_in_s: _, position_age_s, ...rest } = row;
    near.push({
      ...rest,
      ...standing,
      vehicle_type: from.vehicle_type,
      distance_m: metres,
      position_age_s: Math.round(position_age_s + agedS),
    });
  }
  return near.sort((a, b) => a.distance_m - b.distance_m);
}

/**
 * How far around a point a pool knows everybody, in metres: it knows all within `reach` of its origin,
 * hence, by the triangle inequality, all within reach − d of a point at distance d.
 */
export function certainRadiusM(of: Pool, at: Point): number {
  const farthest = of.rows.at(-1);
  if (of.complete || farthest === undefined) return Infinity;
  return distanceM(of.origin, farthest) - distanceM(of.origin, at);
}
