import { travelTimesOf } from "../eta/mod.ts";
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
  readonly limit: number;
  readonly strategy: StrategyName;
}

/**
 * Finds and ranks the counterparts of an open trip, the best first.
 * @throws ApiError RATE_LIMITED, FORBIDDEN, TRIP_NOT_FOUND, TRIP_EXPIRED and the other reasons a trip is not open
 */
export async function findRanked(
  platform: Platform,
  search: RankedSearch & { readonly strategies: Strategies },
): Promise<{ found: RankedCounterpart[]; cached: boolean }> {
  const { found, at, vehicle, cached } = await findCounterparts(platform, search);
  platform.metrics.observe("mobility_counterparts_found", found.length, { role: search.role });
  const ranked = rank(found, search);
  // Of those who will be shown alone: a road takes longer to ask for than a rank.
  const seconds = await travelTimesOf(platform).seconds({
    one: at,
    others: ranked,
    direction: search.role === "driver" ? "to_one" : "from_one",
    pace: vehicle,
  });
  return { found: ranked.map((row, i) => ({ ...row, eta_s: seconds[i] ?? 0 })), cached };
}
