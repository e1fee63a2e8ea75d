import { z } from "zod";
import { forgetTrips, whileTaking } from "../matching/mod.ts";
import { ApiError, type Platform } from "../platform/mod.ts";
import { type Actor, match, trip } from "../rides/mod.ts";
import type { Strategies, StrategyName } from "../ranking/mod.ts";
import { assignLater } from "./assign-waiting.ts";
import { findRanked, type RankedSearch } from "./ranked-search.ts";

/** How many drivers one dispatch asks, one batch after the other. */
export const MAX_CANDIDATES = 30;

/** A search for a driver by offers, as the API shows it. */
export const dispatch = z.object({
  id: z.guid(),
  passenger_trip_id: z.guid(),
  status: z.enum(["running", "taken", "exhausted", "cancelled"]),
  candidates: z.number().int().describe("How many drivers are asked at most"),
  offered: z.number().int().describe("How many were asked so far"),
  offers_in_s: z.number().nullable().describe(
    "Seconds until it is assigned together with the requests of the same moment; null: its offers are out",
  ),
}).meta({ id: "Dispatch", description: "A search for a driver by offers" });

/** What became of an offer: a match, or nothing. */
export const answeredOffer = z.object({
  match: match.optional().describe("When it was accepted"),
  declined: z.literal(true).optional().describe("When it was declined"),
}).meta({ id: "AnsweredOffer" });

const offerTrips = z.object({ passenger_trip_id: z.guid(), driver_trip_id: z.guid() }).nullable();

/** An offer as its driver, or the passenger it was made for, sees it. */
export const offer = z.object({
  id: z.guid(),
  status: z.enum(["offered", "accepted", "declined", "expired", "taken", "cancelled", "withdrawn"]),
  passenger_trip_id: z.guid(),
  driver_trip_id: z.guid(),
  distance_m: z.number().int(),
  eta_s: z.number().int(),
  expires_at: z.iso.datetime({ offset: true }),
  ride: z.object({
    pickup: trip.shape.pickup,
    dropoff: trip.shape.dropoff,
    ride_distance_m: z.number().int().nullable(),
    fare_amount: z.number().int().nullable(),
    currency: z.string().nullable(),
    passenger_rating: z.number().nullable(),
    passenger_rating_count: z.number().int(),
  }).describe("What the driver would do"),
}).meta({ id: "Offer", description: "A ride offered to a driver" });

/** How to dispatch a trip: what to search, how many offers go out at once, and the seconds each stands. */
export interface Dispatch extends Actor, Pick<RankedSearch, "caller" | "radiusM"> {
  readonly tripId: string;
  readonly strategy: StrategyName;
  readonly strategies: Strategies;
  /** Null: as many as the dispatch policy says. */
  readonly batchSize: number | null;
  readonly offerS: number;
}

/**
 * Offers a passenger's trip to the best drivers near, a few at a time, until one accepts.
 * @throws ApiError NO_DRIVERS_FOUND, and whatever a search or a trip that is not open answers
 */
export async function dispatchTrip(
  platform: Platform,
  options: Dispatch,
): Promise<z.infer<typeof dispatch>> {
  const { found } = await findRanked(platform, {
    ...options,
    role: "driver",
    limit: MAX_CANDIDATES,
  });
  if (found.length === 0) {
    throw new ApiError("NO_DRIVERS_FOUND", "No driver is near", {
      details: { radius_m: options.radiusM },
    });
  }
  const started = await platform.database.call("dispatch_trip", {
    p_acting_user: options.actingUser,
    p_passenger_trip_id: options.tripId,
    p_candidates: found.map(({ trip_id, distance_m, eta_s }) => ({
      trip_id,
      distance_m: Math.round(distance_m),
      eta_s,
    })),
    p_batch_size: options.batchSize,
    p_offer_s: options.offerS,
    p_idempotency_key: options.idempotencyKey,
  }, z.object({ dispatch }));
  assignLater(platform, started.dispatch.offers_in_s);
  return started.dispatch;
}

/** The offers of a trip, the newest first. @throws ApiError TRIP_NOT_FOUND, FORBIDDEN */
export async function listOffers(
  platform: Platform,
  options: { actingUser: string | null; tripId: string },
): Promise<z.infer<typeof offer>[]> {
  return await platform.database.call("get_offers", {
    p_acting_user: options.actingUser,
    p_trip_id: options.tripId,
  }, z.array(offer));
}

/**
 * A driver's answer to an offer; accepting makes the match at once.
 * @throws ApiError OFFER_NOT_FOUND, OFFER_GONE, FORBIDDEN, TRIP_ALREADY_MATCHED
 */
export async function answerOffer(
  platform: Platform,
  options: Actor & { offerId: string; accept: boolean },
): Promise<z.infer<typeof answeredOffer>> {
  const matchId = crypto.randomUUID();
  const transaction = (): Promise<z.infer<typeof answeredOffer>> =>
    platform.database.call("answer_offer", {
      p_acting_user: options.actingUser,
      p_offer_id: options.offerId,
      p_accept: options.accept,
      p_match_id: matchId,
      p_idempotency_key: options.idempotencyKey,
    }, answeredOffer);
  if (!options.accept) return await transaction();
  // Whom it takes has to be marked before it takes them.
  const trips = await platform.database.call("get_offer_trips", {
    p_offer_id: options.offerId,
  }, offerTrips);
  if (trips === null) return await transaction();
  const tripIds = [trips.passenger_trip_id, trips.driver_trip_id];
  const answered = await whileTaking(platform, {
    tripIds,
    by: matchId,
    // A replay is of a match that may be over by now.
    hasTaken: ({ match }) => match?.id === matchId,
    transaction,
  });
  if (answered.match?.id === matchId) {
    platform.afterResponse(() => forgetTrips(platform.cache, tripIds));
    platform.metrics.count("mobility_matches_created_total", {
      vehicle_type: answered.match.vehicle_type,
    });
  }
  return answered;
}
