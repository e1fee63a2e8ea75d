import { z } from "zod";
import type { Point } from "../geo/mod.ts";
import { addRateLimit, type Cache, type Pipeline, type RateLimit } from "../platform/mod.ts";
import { type SearchingTrip, searchingTrip } from "./answers.ts";
import { takenKey } from "./availability.ts";
import { type Pool, poolHead, SEARCH_SIZE, SHARED_M } from "./pool.ts";
import { packRow, unpackRows } from "./pool-rows.ts";
import { listScript, METRES_PER_DEGREE, readScript } from "./pool-scripts.ts";
import { tileOf, tilesAround } from "./tiles.ts";

/** Who is looked for. */
type Role = "driver" | "passenger";

/** What the cache knows of a search: the trip that searches, and those of a pool around it who are not taken. */
export interface CachedSearch {
  readonly trip: SearchingTrip;
  readonly pool: Pool;
}

/** What the cache answers to a search. */
export interface SearchRead {
  /** Undefined on a miss. */
  readonly search?: CachedSearch;
  /** What a pool that is filled now belongs to; undefined when the cache did not answer. */
  readonly generation?: string;
  /** What the rate limit answered. */
  readonly limit: unknown;
}

/** What is known of a trip that searches is forgotten when the trip changes, and at the latest then. */
const TRIP_TTL_S = 300;
/** The reach of a pool that has everybody: in metres, farther than anywhere. */
const EVERYWHERE_M = 1e9;

/** Longer than any search takes; when it ends, what was under way is not kept. */
const GENERATION_TTL_S = 300;
const GENERATION_KEY = "mobility:generation";

const answer = z.union([
  z.tuple([z.string()]),
  z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()]),
]);
const tripKey = (tripId: string): string => `mobility:trip:${tripId}`;
const listPrefix = (role: Role): string => `mobility:pools:${role}:`;

/** Reads what a search can be answered from, and counts it against the caller's limit, in one round trip. */
export async function readSearch(
  cache: Cache,
  options: {
    tripId: string;
    role: Role;
    radiusM: number;
    /** How many of the nearest have to be certain, unless everybody within the radius is known. */
    wanted: number;
    endpoint: string;
    subject: string;
    limit: RateLimit;
  },
): Promise<SearchRead> {
  const answers = await cache.exec((pipeline) => {
    addRateLimit(pipeline, options);
    const keys = [tripKey(options.tripId), takenKey(options.tripId), GENERATION_KEY];
    pipeline.eval(readScript, keys, [
      listPrefix(options.role),
      takenKey(""),
      ...[Date.now(), options.radiusM, options.wanted, SEARCH_SIZE, SHARED_M].map(String),
      crypto.randomUUID(),
      String(GENERATION_TTL_S),
    ]);
  });
  const read = answer.safeParse(answers?.[1]);
  const limit = answers?.[0];
  if (!read.success) return { limit };
  const [generation, ...parts] = read.data;
  if (parts.length === 0) return { limit, generation };
  const search = parseSearch(parts);
  return search === undefined ? { limit, generation } : { limit, generation, search };
}

function parseSearch(
  [tripText, headText, rowsText, rowsReach]: readonly [string, string, string, string],
): CachedSearch | undefined {
  // What another version of the code has stored, or half stored, is a miss, not an error.
  const trip = searchingTrip.safeParse(parseJson(tripText));
  const head = poolHead.safeParse(parseJson(headText));
  const rows = unpackRows(parseJson(rowsText));
  if (!trip.success || !head.success || rows === undefined) return undefined;
  const reach = rowsReach === "" ? {} : { rows_reach_m: Number(rowsReach) };
  return { trip: trip.data, pool: { ...head.data, rows, ...reach } };
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
 * Remembers a pool for the people near it, and with it a trip that searches there, if one is given. `generation` is the
 * one that was read before the pool was filled.
 */
export async function storePool(
  cache: Cache,
  options: { pool: Pool; generation: string; role: Role; ttlS: number; trip?: SearchingTrip },
): Promise<void> {
  await cache.exec((pipeline) => {
    if (options.trip !== undefined) addTrip(pipeline, options.trip);
    addPool(pipeline, options);
  });
}

/** Forgets what is known of trips whose circumstances changed. */
export async function forgetTrips(cache: Cache, tripIds: readonly string[]): Promise<void> {
  await cache.exec((pipeline) => pipeline.del(...tripIds.map(tripKey)));
}

function addTrip(pipeline: Pipeline, trip: SearchingTrip): void {
  pipeline.hset(tripKey(trip.id), {
    data: JSON.stringify(trip),
    tile: `${trip.vehicle_type}:${tileOf(trip)}`,
    lat: String(trip.lat),
    lng: String(trip.lng),
  });
  pipeline.expire(tripKey(trip.id), TRIP_TTL_S);
}

function addPool(
  pipeline: Pipeline,
  { pool: { rows, ...head }, generation, role, ttlS }: {
    pool: Pool;
    generation: string;
    role: Role;
    ttlS: number;
  },
): void {
  // Nobody found is not remembered: who comes online next should be seen at once by a passenger who waits.
  if (rows.length === 0) return;
  const key = `mobility:pool:${crypto.randomUUID()}`;
  const { lat, lng } = head.origin;
  const reachM = head.reach_m === null ? EVERYWHERE_M : Math.floor(head.reach_m);
  const lists = tilesAround(head.origin, Math.min(SHARED_M, reachM))
    .map((tile) => `${listPrefix(role)}${head.vehicle_type}:${tile}`);
  const nowMs = Date.now();
  pipeline.hset(key, {
    head: JSON.stringify(head),
    ids: rows.map((row) => row.trip_id).join(","),
    at: rows.map((row) => metresFrom(head.origin, row)).join(" "),
    ...Object.fromEntries(rows.map((row, index) => [index + 1, JSON.stringify(packRow(row))])),
  });
  pipeline.expire(key, ttlS);
  // Last, so that nothing is listed before it is there.
  pipeline.eval(listScript, [GENERATION_KEY, ...lists], [
    generation,
    ...[ttlS, nowMs, nowMs + ttlS * 1000].map(String),
    `${key} ${lat} ${lng} ${reachM}`,
  ]);
}

/** East and north of a point, in whole metres of a plane: what the script measures with. */
function metresFrom(origin: Point, at: Point): string {
  const east = (at.lng - origin.lng) * METRES_PER_DEGREE * Math.cos(origin.lat * Math.PI / 180);
  const north = (at.lat - origin.lat) * METRES_PER_DEGREE;
  return `${Math.round(east)} ${Math.round(north)}`;
}
