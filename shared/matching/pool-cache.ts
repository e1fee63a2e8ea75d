import { z } from "zod";
import { addRateLimit, type Cache, type Pipeline, type RateLimit } from "../platform/mod.ts";
import { type SearchingTrip, searchingTrip } from "./answers.ts";
import { takenKey } from "./availability.ts";
import { cellOf, type Pool, pool } from "./pool.ts";

/** What the cache knows of a search: the trip that searches, the pool around it, and who is taken. */
export interface CachedSearch {
  readonly trip: SearchingTrip;
  readonly pool: Pool;
  readonly taken: ReadonlySet<string>;
}

/** What is known of a trip that searches is forgotten when the trip changes, and at the latest then. */
const TRIP_TTL_S = 300;

/**
 * Trip, pool and taken marks in one round trip, and from the primary: a replica could serve a pool
 * without the mark that belongs to it. Answers {trip, pool, id of each that is taken…}, or nothing.
 */
const readScript = `
local trip = redis.call('HMGET', KEYS[1], 'data', 'cell')
if not trip[1] or redis.call('EXISTS', KEYS[2]) == 1 then return {} end
local pool = redis.call('HMGET', ARGV[1] .. trip[2], 'data', 'ids')
if not pool[1] then return {} end
local answer = {trip[1], pool[1]}
for id in string.gmatch(pool[2], '[^,]+') do
  if redis.call('EXISTS', ARGV[2] .. id) == 1 then answer[#answer + 1] = id end
end
return answer
`;

const answer = z.tuple([z.string(), z.string()], z.string());
const tripKey = (tripId: string): string => `mobility:trip:${tripId}`;
const poolPrefix = (role: string): string => `mobility:pool:${role}:`;

/**
 * Reads what a search can be answered from, and counts it against the caller's limit, in one round trip.
 * `search` is undefined on a miss; `limit` is what the rate limit answered.
 */
export async function readSearch(
  cache: Cache,
  options: {
    tripId: string;
    /** Who is looked for. */
    role: "driver" | "passenger";
    endpoint: string;
    subject: string;
    limit: RateLimit;
  },
): Promise<{ search: CachedSearch | undefined; limit: unknown }> {
  const answers = await cache.exec((pipeline) => {
    addRateLimit(pipeline, options);
    pipeline.eval(readScript, [tripKey(options.tripId), takenKey(options.tripId)], [
      poolPrefix(options.role),
      takenKey(""),
    ]);
  });
  return { limit: answers?.[0], search: parseSearch(answers?.[1]) };
}

function parseSearch(value: unknown): CachedSearch | undefined {
  const parts = answer.safeParse(value);
  if (!parts.success) return undefined;
  const [tripText, poolText, ...taken] = parts.data;
  // What another version of the code has stored, or half stored, is a miss, not an error.
  const trip = searchingTrip.safeParse(parseJson(tripText));
  const stored = pool.safeParse(parseJson(poolText));
  if (!trip.success || !stored.success) return undefined;
  return { trip: trip.data, pool: stored.data, taken: new Set(taken) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Remembers a trip, so that its search can be answered without the database. */
export async function storeTrip(cache: Cache, trip: SearchingTrip): Promise<void> {
  await cache.exec((pipeline) => addTrip(pipeline, trip));
}

/**
 * Remembers a fresh search for the people near it. Nobody found is not remembered: whoever comes online
 * next should be seen at once by a passenger who waits.
 */
export async function storeSearch(
  cache: Cache,
  search: { trip: SearchingTrip; pool: Pool; role: "driver" | "passenger"; ttlS: number },
): Promise<void> {
  const key = `${poolPrefix(search.role)}${cellKey(search.trip)}`;
  await cache.exec((pipeline) => {
    addTrip(pipeline, search.trip);
    if (search.pool.rows.length === 0) return;
    pipeline.hset(key, {
      data: JSON.stringify(search.pool),
      ids: search.pool.rows.map((row) => row.trip_id).join(","),
    });
    pipeline.expire(key, search.ttlS);
  });
}

/** Forgets what is known of trips whose circumstances changed. */
export async function forgetTrips(cache: Cache, tripIds: readonly string[]): Promise<void> {
  await cache.exec((pipeline) => pipeline.del(...tripIds.map(tripKey)));
}

function addTrip(pipeline: Pipeline, trip: SearchingTrip): void {
  pipeline.hset(tripKey(trip.id), { data: JSON.stringify(trip), cell: cellKey(trip) });
  pipeline.expire(tripKey(trip.id), TRIP_TTL_S);
}

function cellKey(trip: SearchingTrip): string {
  return `${trip.vehicle_type}:${cellOf(trip)}`;
}
