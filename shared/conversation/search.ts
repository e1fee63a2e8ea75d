import { z } from "zod";
import { dispatchDefaults, findRanked, MAX_CANDIDATES } from "../dispatch/mod.ts";
import type { Platform } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import type { PlaceQuestion, Search } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { LIST_LENGTH, type SearchResult } from "./search-result.ts";
import { type Place, stepOf } from "./steps.ts";

/** Who is looked for first, and then, should there be nobody, in metres. */
const NEAR_M = 5_000;
const FAR_M = 15_000;
/** How many a search must be sure of, by what it is for. */
const sureOf: Record<Search["then"], number> = {
  list: LIST_LENGTH,
  list_passengers: LIST_LENGTH,
  dispatch: MAX_CANDIDATES,
  // The one who was picked may be anywhere among them.
  propose: 60,
};

const cards = z.array(z.object({ trip_id: z.guid(), display_name: z.string().nullable() }));
const foundPlace = z.object({ name: z.string(), lat: z.number(), lng: z.number() }).nullable();

/**
 * Makes a search for the person: those near, or else those not so far, the best first, with their names
 * when they are to be shown.
 * @throws ApiError RATE_LIMITED, TRIP_NOT_FOUND, TRIP_EXPIRED and the other reasons a trip is not open
 */
export async function runSearch(
  platform: Platform,
  strategies: Strategies,
  { event, search }: { event: ClaimedEvent; search: Search },
): Promise<SearchResult> {
  const isShown = search.then !== "propose";
  const { found, withinM } = await findRanked(platform, {
    caller: { kind: "user", userId: event.person.user_id },
    tripId: search.trip_id,
    role: search.role,
    radiusM: FAR_M,
    // Somebody who was picked from the wider list is still to be found when others have come nearer.
    ...(isShown ? { nearM: NEAR_M } : { plainTimes: true }),
    limit: sureOf[search.then],
    strategy: dispatchDefaults.strategy,
    strategies,
  });
  const names = search.then === "list"
    ? await namesOf(platform, found.map((row) => row.trip_id))
    : new Map<string, string | null>();
  return {
    radius_m: withinM,
    wider: withinM === FAR_M,
    found: found.map((row) => ({
      trip_id: row.trip_id,
      distance_m: row.distance_m,
      eta_s: row.eta_s,
      rating: row.rating,
      rating_count: row.rating_count,
      total_trips: row.total_trips,
      name: names.get(row.trip_id) ?? null,
    })),
  };
}

async function namesOf(
  platform: Platform,
  tripIds: string[],
): Promise<Map<string, string | null>> {
  if (tripIds.length === 0) return new Map();
  const people = await platform.database.call("people_cards", { p_trip_ids: tripIds }, cards);
  return new Map(people.map((person) => [person.trip_id, person.display_name]));
}

/** The place of a name, the nearest to the pickup when several have it; null when there is none. */
export async function findPlace(
  platform: Platform,
  { event, question }: { event: ClaimedEvent; question: PlaceQuestion },
): Promise<Place | null> {
  const { pickup } = stepOf(event).context;
  const place = await platform.database.call("find_place", {
    p_text: question.text,
    p_lat: pickup?.lat ?? null,
    p_lng: pickup?.lng ?? null,
  }, foundPlace);
  return place && { lat: place.lat, lng: place.lng, text: place.name };
}
