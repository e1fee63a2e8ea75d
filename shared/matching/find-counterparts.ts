import type { VehiclePace } from "../geo/mod.ts";
import {
  actingUser,
  ApiError,
  type Caller,
  type Platform,
  rateLimits,
  refuseIfLimited,
} from "../platform/mod.ts";
import { counterpartsAnswer, type Found } from "./answers.ts";
import { POOL_SIZE, poolOf, searchPool } from "./pool.ts";
import { type CachedSearch, readSearch, storeSearch } from "./pool-cache.ts";

/** A search for the counterparts of a trip. */
export interface CounterpartSearch {
  readonly caller: Caller;
  readonly tripId: string;
  /** Who is looked for. */
  readonly role: "driver" | "passenger";
  readonly radiusM: number;
  /** How many the caller will show; the result may have more, for ranking to choose from. */
  readonly limit: number;
}

/** Available counterparts, nearest first. */
export interface Counterparts {
  readonly found: Found[];
  readonly vehicle: VehiclePace;
  readonly cached: boolean;
}

/**
 * Finds available counterparts of an open trip, from the cache or else from the database: one round trip
 * to each at most.
 * @throws ApiError RATE_LIMITED, FORBIDDEN, TRIP_NOT_FOUND, TRIP_EXPIRED and the other reasons a trip is not open
 */
export async function findCounterparts(
  platform: Platform,
  search: CounterpartSearch,
): Promise<Counterparts> {
  const { cache, metrics } = platform;
  const key = { tripId: search.tripId, role: search.role, radiusM: search.radiusM };
  const endpoint = `find-${search.role}s`;
  const subject = search.caller.kind === "user" ? search.caller.userId : search.tripId;
  const read = await readSearch(cache, { key, endpoint, subject, limit: rateLimits.find });
  refuseIfLimited(metrics, { endpoint, answer: read.limit });

  const cached = read.search && answerFromCache(read.search, search);
  if (cache.enabled) {
    metrics.count("mobility_cache_requests_total", { result: cached ? "hit" : "miss" });
  }
  if (cached) return cached;

  const fresh = await platform.database.call("find_counterparts", {
    p_acting_user: actingUser(search.caller),
    p_trip_id: search.tripId,
    p_role: search.role,
    p_radius_m: search.radiusM,
    p_limit: POOL_SIZE,
  }, counterpartsAnswer);
  const pool = poolOf(fresh, { origin: fresh.trip, nowMs: Date.now() });
  platform.afterResponse(() =>
    storeSearch(cache, { trip: fresh.trip, pool, key, ttlS: platform.config.poolTtlS })
  );
  return { found: withoutRefusals(fresh.found, fresh.trip), vehicle: fresh.vehicle, cached: false };
}

function answerFromCache(known: CachedSearch, search: CounterpartSearch): Counterparts | undefined {
  const { trip } = known;
  const nowMs = Date.now();
  if (search.caller.kind === "user" && search.caller.userId !== trip.user_id) {
    throw new ApiError("FORBIDDEN", "The trip belongs to somebody else");
  }
  // The database says best why such a trip may not search.
  if (trip.role === search.role || Date.parse(trip.expires_at) <= nowMs) return undefined;
  const found = searchPool(known.pool, {
    at: trip,
    radiusM: search.radiusM,
    limit: search.limit,
    nowMs,
    taken: known.taken,
  });
  return found === null
    ? undefined
    : { found: withoutRefusals(found, trip), vehicle: known.pool.vehicle, cached: true };
}

/** Nobody is offered to themselves, nor again to somebody whom they turned down. */
function withoutRefusals(found: Found[], trip: { user_id: string; refused_by: string[] }): Found[] {
  const excluded = new Set([trip.user_id, ...trip.refused_by]);
  return found.filter((row) => !excluded.has(row.user_id));
}
