import { z } from "zod";
import { distanceM, type Point, point, vehiclePace } from "../geo/mod.ts";
import { type Found, found } from "./answers.ts";

/** How many counterparts a search takes from the database; ranking chooses among them. */
export const POOL_SIZE = 60;

/** Degrees of latitude and longitude of the squares that share a pool: about 280 m in Kigali. */
const CELL_DEGREES = 0.0025;

/** The result of one search, kept for the people who search near it. */
export const pool = z.object({
  /** Where it was made. */
  origin: point,
  /** True when these are all within the radius, not only the nearest of them. */
  complete: z.boolean(),
  /** Unix milliseconds. */
  stored_at: z.number(),
  vehicle: vehiclePace,
  found: z.array(found),
});

/** The result of one search, kept for the people who search near it. */
export type Pool = z.infer<typeof pool>;

/** The square that a point is in, as a key. */
export function cellOf(at: Point): string {
  return `${Math.floor(at.lat / CELL_DEGREES)}:${Math.floor(at.lng / CELL_DEGREES)}`;
}

/** Makes a pool of a fresh search. */
export function poolOf(
  result: { vehicle: Pool["vehicle"]; found: Found[] },
  options: { origin: Point; nowMs: number },
): Pool {
  return {
    origin: { lat: options.origin.lat, lng: options.origin.lng },
    complete: result.found.length < POOL_SIZE,
    stored_at: options.nowMs,
    vehicle: result.vehicle,
    found: result.found,
  };
}

/**
 * Answers a search at another point from a pool, with distances and ages as they are there and now. Null
 * when the pool cannot give the nearest `limit`: it knows everybody within `reach` of its origin, hence,
 * by the triangle inequality, everybody within reach − d of a point at distance d, and nothing beyond.
 */
export function searchPool(
  from: Pool,
  search: { at: Point; radiusM: number; limit: number; nowMs: number; taken: ReadonlySet<string> },
): Found[] | null {
  const agedS = Math.max(0, (search.nowMs - from.stored_at) / 1000);
  const available = from.found
    .filter((row) => !search.taken.has(row.trip_id) && Date.parse(row.expires_at) > search.nowMs)
    .map((row) => ({
      ...row,
      distance_m: Math.round(distanceM(search.at, row)),
      position_age_s: Math.round(row.position_age_s + agedS),
    }))
    .filter((row) => row.distance_m <= search.radiusM)
    .sort((a, b) => a.distance_m - b.distance_m);
  if (from.complete) return available;
  const reachM = from.found.at(-1)?.distance_m ?? 0;
  const certainM = reachM - distanceM(from.origin, search.at);
  const certain = available.filter((row) => row.distance_m <= certainM).length;
  return certain >= search.limit ? available : null;
}
