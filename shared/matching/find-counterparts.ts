import type { Point, VehiclePace } from "../geo/mod.ts";
import {
  actingUser,
  ApiError,
  type Caller,
  type Platform,
  rateLimits,
  refuseIfLimited,
} from "../platform/mod.ts";
import { counterpartsAnswer, type Found, nearbyAnswer, type SearchingTrip } from "./answers.ts";
import {
  certainRadiusM,
  isNarrow,
  type Pool,
  POOL_SIZE,
  poolOf,
  SEARCH_SIZE,
  searchPool,
} from "./pool.ts";
import { type CachedSearch, readSearch, storePool } from "./pool-cache.ts";

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
  /** Where the search was made. */
  readonly at: Point;
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
  const { tripId, role } = search;
  const endpoint = `find-${role}s`;
  const subject = search.caller.kind === "user" ? search.caller.userId : tripId;
  const read = await readSearch(cache, {
    tripId,
    role,
    radiusM: search.radiusM,
    wanted: search.limit,
    endpoint,
    subject,
    limit: rateLimits.find,
  });
  refuseIfLimited(metrics, { endpoint, answer: read.limit });

  const cached = read.search && answerFromCache(read.search, search);
  if (cache.enabled) {
    metrics.count("mobility_cache_requests_total", { result: cached ? "hit" : "miss" });
  }
  if (cached) return cached;

  const fresh = await platform.database.call("find_counterparts", {
    p_acting_user: actingUser(search.caller),
    p_trip_id: tripId,
    p_role: role,
    p_limit: SEARCH_SIZE,
  }, counterpartsAnswer);
  const { trip } = fresh;
  const pool = poolOf(fresh, { origin: trip, vehicleType: trip.vehicle_type, asked: SEARCH_SIZE });
  const { generation } = read;
  if (generation !== undefined) {
    platform.afterResponse(() => remember(platform, { trip, pool, generation, role }));
  }
  return {
    found: searchPool(pool, { at: trip, radiusM: search.radiusM, excludedUsers: excludedBy(trip) }),
    at: { lat: trip.lat, lng: trip.lng },
    vehicle: fresh.vehicle,
    cached: false,
  };
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
    excludedUsers: excludedBy(trip),
  });
  // Somebody may have come online meanwhile: whoever waits alone should see them at once.
  if (found.length === 0) return undefined;
  // As good as a fresh search: everybody in the radius, or at least the nearest that will be shown.
  const certainM = certainRadiusM(known.pool, trip);
  const certain = found.filter((row) => row.distance_m <= certainM).length;
  if (certainM < search.radiusM && certain < search.limit) return undefined;
  return {
    found,
    at: { lat: trip.lat, lng: trip.lng },
    vehicle: known.pool.vehicle,
    cached: true,
  };
}

/**
 * Keeps a search for the people near it. Where its rows would reach few of them it is made once more, wider: after
 * the response, because whoever waits for it needs no more than the nearest.
 */
async function remember(
  platform: Platform,
  { trip, pool, generation, role }: {
    trip: SearchingTrip;
    pool: Pool;
    generation: string;
    role: CounterpartSearch["role"];
  },
): Promise<void> {
  const { cache, config: { poolTtlS: ttlS } } = platform;
  await storePool(cache, { pool, generation, role, ttlS, trip });
  if (!isNarrow(pool)) return;
  const wide = await platform.database.call("find_nearby", {
    p_role: role,
    p_vehicle_type: trip.vehicle_type,
    p_lat: trip.lat,
    p_lng: trip.lng,
    p_limit: POOL_SIZE,
  }, nearbyAnswer);
  await storePool(cache, {
    pool: poolOf(wide, { origin: trip, vehicleType: trip.vehicle_type, asked: POOL_SIZE }),
    generation,
    role,
    ttlS,
  });
}

/** Nobody is offered to themselves, nor again to somebody with whom it came to nothing. */
function excludedBy(trip: SearchingTrip): ReadonlySet<string> {
  return new Set([trip.user_id, ...trip.refused_by]);
}
