import type { z } from "zod";
import { forgetTrips, releaseTaken, whileTaking } from "../matching/mod.ts";
import type { Platform } from "../platform/mod.ts";
import { type Match, match, rating } from "./answers.ts";
import type { acceptMatchRequest, cancelRequest, rateRequest, startRequest } from "./requests.ts";
import type { Actor } from "./trips.ts";

/** What can be done to a match that exists, apart from rating it. */
export type MatchAction = "accept" | "decline" | "arrive" | "start" | "complete" | "cancel";

/**
 * Proposes a match between two open trips; it is pending until the other side answers. The trips leave
 * the cached searches before, and the database's within, the one transaction that makes it.
 * @throws ApiError TRIP_NOT_FOUND, TRIP_ALREADY_MATCHED, TRIP_EXPIRED, TRIP_WRONG_ROLE, VEHICLE_TYPE_MISMATCH, …
 */
export async function acceptMatch(
  platform: Platform,
  options: Actor & { request: z.infer<typeof acceptMatchRequest> },
): Promise<Match> {
  const { request } = options;
  const matchId = crypto.randomUUID();
  const tripIds = [request.passenger_trip_id, request.driver_trip_id];
  const made = await whileTaking(platform, {
    tripIds,
    by: matchId,
    // A replay is of a match that may be over by now.
    hasTaken: ({ id }) => id === matchId,
    transaction: () =>
      platform.database.call("accept_match", {
        p_acting_user: options.actingUser,
        p_passenger_trip_id: request.passenger_trip_id,
        p_driver_trip_id: request.driver_trip_id,
        p_initiated_by: request.initiated_by,
        p_respond_within_s: request.respond_within_s,
        p_match_id: matchId,
        p_idempotency_key: options.idempotencyKey,
      }, match),
  });
  if (made.id !== matchId) return made;
  platform.afterResponse(() => forgetTrips(platform.cache, tripIds));
  platform.metrics.count("mobility_matches_created_total", { vehicle_type: made.vehicle_type });
  return made;
}

/** An action with whatever it needs: the PIN to start, the side and the reason to cancel. */
export interface Advance extends Actor {
  readonly matchId: string;
  readonly action: MatchAction;
  readonly as?: "driver" | "passenger" | undefined;
  readonly pin?: z.infer<typeof startRequest>["pin"];
  readonly cancel?: z.infer<typeof cancelRequest>;
}

/**
 * Moves a match.
 * @throws ApiError MATCH_NOT_FOUND, FORBIDDEN, MATCH_INVALID_STATE, MATCH_EXPIRED, PIN_INVALID, PIN_LOCKED
 */
export async function advanceMatch(platform: Platform, options: Advance): Promise<Match> {
  const moved = await platform.database.call("advance_match", {
    p_acting_user: options.actingUser,
    p_match_id: options.matchId,
    p_action: options.action,
    p_as: options.as ?? null,
    p_pin: options.pin ?? null,
    p_reason: options.cancel?.reason ?? null,
    p_keep_searching: options.cancel?.keep_searching ?? false,
    p_idempotency_key: options.idempotencyKey,
  }, match);
  platform.metrics.count("mobility_match_transitions_total", { action: options.action });
  if (options.action === "decline" || options.action === "cancel") {
    const tripIds = [moved.passenger_trip_id, moved.driver_trip_id];
    const ended = moved.status === "cancelled_passenger" && options.cancel?.keep_searching !== true
      ? moved.passenger_trip_id
      : undefined;
    platform.afterResponse(async () => {
      // They refused each other; whose trip is open again is free for others.
      await forgetTrips(platform.cache, tripIds);
      await releaseTaken(platform.cache, {
        tripIds: tripIds.filter((id) => id !== ended),
        by: moved.id,
      });
    });
  }
  return moved;
}

/** One side's rating of a completed ride. @throws ApiError MATCH_INVALID_STATE, ALREADY_RATED, … */
export async function rateMatch(
  platform: Platform,
  options: Actor & { matchId: string; request: z.infer<typeof rateRequest> },
): Promise<z.infer<typeof rating>> {
  return await platform.database.call("rate_match", {
    p_acting_user: options.actingUser,
    p_match_id: options.matchId,
    p_rating: options.request.rating,
    p_as: options.request.as ?? null,
    p_comment: options.request.comment ?? null,
    p_idempotency_key: options.idempotencyKey,
  }, rating);
}
