import { greatCircle, travelTimesOf } from "../eta/mod.ts";
import { findCounterparts } from "../matching/mod.ts";
import type { Caller, Platform } from "../platform/mod.ts";
import { rank, type Ranked, type Strategies, type StrategyName } from "../ranking/mod.ts";

type Counterpart = Awaited<ReturnType<typeof findCounterparts>>["found"][number];

/** A counterpart with its place in the ranking, and the driver's seconds to the pickup. */
export type RankedCounterpart = Ranked<Counterpart> & { readonly eta_s: number };

/** A search for the best counterparts of a trip. */
export interface RankedSearch {
  readonly caller: Caller;
  readonly tripId: string;
  /** Who is looked for. */
  readonly role: "driver" | "passenger";
  readonly radiusM: number;
  /** Within which nobody farther is looked at, as long as there is somebody; metres. */
  readonly nearM?: number;
  readonly limit: number;
  readonly strategy: StrategyName;
  /** Nobody is going to see the times: the great circle's do. */
  readonly plainTimes?: boolean;
}

/** Who was found, the best first. */
export interface RankedSearchResult {
  readonly found: RankedCounterpart[];
  /** Within how many metres: `nearM` or `radiusM`. */
  readonly withinM: number;
  readonly cached: boolean;
}

/**
 * Finds and ranks the counterparts of an open trip, by one search however far it has to look.
 * @throws ApiError RATE_LIMITED, FORBIDDEN, TRIP_NOT_FOUND, TRIP_EXPIRED and the other reasons a trip is not open
 */
export async function findRanked(
  platform: Platform,
  search: RankedSearch & { readonly strategies: Strategies },
): Promise<RankedSearchResult> {
  const { nearM = -1, radiusM } = search;
  const { found, at, vehicle, cached } = await findCounterparts(platform, search);
  platform.metrics.observe("mobility_counterparts_found", found.length, { role: search.role });
  const near = found.filter((row) => row.distance_m <= nearM);
  const isNear = near.length > 0;
  const ranked = rank(isNear ? near : found, search);
  // Of those who will be shown alone: a road takes longer to ask for than a rank.
  const travelTimes = search.plainTimes ? greatCircle : travelTimesOf(platform);
  const seconds = await travelTimes.seconds({
    one: at,
    others: ranked,
    direction: search.role === "driver" ? "to_one" : "from_one",
    pace: vehicle,
  });
  return {
    found: ranked.map((row, i) => ({ ...row, eta_s: seconds[i] ?? 0 })),
    withinM: isNear ? nearM : radiusM,
    cached,
  };
}
