import { z } from "zod";
import { distanceM, type Point, point, vehiclePace } from "../geo/mod.ts";
import type { CandidateRow, Found } from "./answers.ts";

/** How many counterparts a search takes; ranking chooses among them. */
export const SEARCH_SIZE = 60;

/** How many a pool knows where people stand close together: the more, the farther it reaches. */
export const POOL_SIZE = 400;

/** Nobody searches in a pool that was made farther away, in metres. */
export const SHARED_M = 500;

/** What a pool is, but for its people. */
export const poolHead = z.object({
  /** Where it was made. */
  origin: point,
  vehicle_type: z.string(),
  vehicle: vehiclePace,
  /** Everybody within so many metres of the origin is in it; null: everybody there is. */
  reach_m: z.number().nullable(),
  /** Unix milliseconds. */
  stored_at: z.number(),
});

/** The result of one search, kept for the people who search near it. */
export interface Pool extends z.infer<typeof poolHead> {
  /** Those of it that a search may need. */
  readonly rows: readonly CandidateRow[];
  /** Nobody nearer than so many metres to who searches was left out of `rows`. */
  readonly rows_reach_m?: number;
}

/** Makes a pool of what the database found, asked for `asked` rows, nearest first. */
export function poolOf(
  answer: { vehicle: Pool["vehicle"]; found: readonly CandidateRow[] },
  options: { origin: Point; vehicleType: string; asked: number },
): Pool {
  const { origin } = options;
  const farthest = answer.found.length < options.asked ? undefined : answer.found.at(-1);
  return {
    origin: { lat: origin.lat, lng: origin.lng },
    vehicle_type: options.vehicleType,
    vehicle: answer.vehicle,
    reach_m: farthest === undefined ? null : distanceM(origin, farthest),
    stored_at: Date.now(),
    rows: answer.found,
  };
}

/** A search to be answered from a pool. */
export interface PoolSearch {
  readonly at: Point;
  readonly radiusM: number;
  /** People who are not to be offered. */
  readonly excludedUsers?: ReadonlySet<string>;
}

/** Who of a pool is available within the radius of a point, nearest first, with distances and ages as they are now. */
export function searchPool(from: Pool, search: PoolSearch): Found[] {
  const agedS = Math.max(0, (Date.now() - from.stored_at) / 1000);
  const near: Found[] = [];
  for (const row of from.rows) {
    if (row.expires_in_s <= agedS || search.excludedUsers?.has(row.user_id)) continue;
    const metres = Math.round(distanceM(search.at, row));
    if (metres > search.radiusM) continue;
    near.push({
      trip_id: row.trip_id,
      user_id: row.user_id,
      lat: row.lat,
      lng: row.lng,
      ...row.standing,
      vehicle_type: from.vehicle_type,
      distance_m: metres,
      position_age_s: Math.round(row.position_age_s + agedS),
    });
  }
  return near.sort((a, b) => a.distance_m - b.distance_m);
}

/**
 * How far around a point a pool knows everybody, in metres: it knows all within `reach` of its origin,
 * hence, by the triangle inequality, all within reach − d of a point at distance d.
 */
export function certainRadiusM(of: Pool, at: Point): number {
  const reachM = of.reach_m === null ? Infinity : of.reach_m - distanceM(of.origin, at);
  return Math.min(reachM, of.rows_reach_m ?? Infinity);
}

/**
 * Whether people stand so close together that a search's few rows do not reach far enough to be shared: the pool is
 * then to be made of more.
 */
export function isNarrow(pool: Pool): boolean {
  return pool.reach_m !== null && pool.reach_m < 2 * SHARED_M;
}
