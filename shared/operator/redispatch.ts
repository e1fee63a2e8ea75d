import { z } from "zod";
import { dispatch, dispatchDefaults, dispatchTrip } from "../dispatch/mod.ts";
import { forgetTrips, releaseTaken } from "../matching/mod.ts";
import { ApiError, type Platform } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import { freed } from "./answers.ts";
import type { OperatorMove } from "./cancel.ts";

/** As far as a passenger who writes is searched for. */
const RADIUS_M = 15_000;

/** What came of it: the match that was taken apart, and the new search or the code that says why there is none. */
export const redispatched = freed.extend({
  dispatch: dispatch.nullable(),
  problem: z.string().nullable().describe("An error code"),
}).meta({ id: "OperatorRedispatchResponse" });

/** The id is that of a match, or of a passenger's open trip. */
export interface Redispatch extends OperatorMove {
  readonly target: "match" | "trip";
  readonly strategies: Strategies;
}

/**
 * Finds a passenger another driver: takes the match apart, if there is one, and offers the ride to those near now.
 * Nobody near is told to the passenger, as after any search in vain.
 * @throws ApiError FORBIDDEN, MATCH_NOT_FOUND, MATCH_INVALID_STATE, TRIP_NOT_FOUND, TRIP_ALREADY_MATCHED, …
 */
export async function redispatch(
  platform: Platform,
  { actingUser, id, reason, target, strategies }: Redispatch,
): Promise<z.infer<typeof redispatched>> {
  const answer = await platform.database.call("operator_redispatch", {
    p_acting_user: actingUser,
    p_match_id: target === "match" ? id : null,
    p_trip_id: target === "trip" ? id : null,
    p_reason: reason,
  }, freed);
  const { match, passenger_trip_id } = answer;
  if (match !== null) {
    platform.metrics.count("mobility_match_transitions_total", { action: "redispatch" });
    const tripIds = [passenger_trip_id, match.driver_trip_id];
    await forgetTrips(platform.cache, tripIds);
    await releaseTaken(platform.cache, { tripIds, by: match.id });
  }
  try {
    const started = await search(platform, { tripId: passenger_trip_id, strategies });
    return { ...answer, dispatch: started, problem: null };
  } catch (error) {
    // The match is taken apart for good; what stands in the way of a search is the operator's to know.
    if (match === null || !(error instanceof ApiError)) throw error;
    return { ...answer, dispatch: null, problem: error.code };
  }
}

async function search(
  platform: Platform,
  { tripId, strategies }: { tripId: string; strategies: Strategies },
): Promise<z.infer<typeof dispatch>> {
  try {
    return await dispatchTrip(platform, {
      caller: { kind: "service" },
      actingUser: null,
      idempotencyKey: null,
      tripId,
      radiusM: RADIUS_M,
      strategies,
      ...dispatchDefaults,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "NO_DRIVERS_FOUND") throw error;
    const ended = await platform.database.call("dispatch_trip", {
      p_acting_user: null,
      p_passenger_trip_id: tripId,
      p_candidates: [],
      p_batch_size: dispatchDefaults.batchSize,
      p_offer_s: dispatchDefaults.offerS,
      p_idempotency_key: null,
    }, z.object({ dispatch }));
    return ended.dispatch;
  }
}
