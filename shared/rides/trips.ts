import type { z } from "zod";
import { forgetTrips, markTaken, releaseTaken, storeTrip, whileTaking } from "../matching/mod.ts";
import { ApiError, type Platform } from "../platform/mod.ts";
import { cancelledTrip, openedTrip } from "./answers.ts";
import type { openTripRequest } from "./requests.ts";

/** Who asks, and the key that makes a replay get the first answer. */
export interface Actor {
  readonly actingUser: string | null;
  readonly idempotencyKey: string | null;
}

/**
 * Opens a trip for its user. An open trip they have in this role is replaced.
 * @throws ApiError FORBIDDEN, INVALID_LOCATION, INVALID_VEHICLE_TYPE, ALREADY_IN_RIDE, VALIDATION_ERROR
 */
export async function openTrip(
  platform: Platform,
  options: Actor & { request: z.infer<typeof openTripRequest> },
): Promise<z.infer<typeof openedTrip>> {
  const { request } = options;
  const userId = request.user_id ?? options.actingUser;
  if (userId === null) throw new ApiError("VALIDATION_ERROR", "user_id: say whose trip this is");
  const opened = await platform.database.call("create_trip", {
    p_acting_user: options.actingUser,
    p_user_id: userId,
    p_role: request.role,
    p_vehicle_type: request.vehicle_type,
    p_pickup_lat: request.pickup.lat,
    p_pickup_lng: request.pickup.lng,
    p_pickup_text: request.pickup.text ?? null,
    p_dropoff_lat: request.dropoff?.lat ?? null,
    p_dropoff_lng: request.dropoff?.lng ?? null,
    p_dropoff_text: request.dropoff?.text ?? null,
    p_expires_in_s: request.expires_in_s,
    p_scheduled_for: request.scheduled_for ?? null,
    p_idempotency_key: options.idempotencyKey,
  }, openedTrip);
  const { trip, replaced_trip_id: replaced } = opened;
  // Whoever is offered a trip that is no more, and takes it, is turned away.
  if (replaced !== null) {
    await markTaken(platform.cache, {
      tripIds: [replaced],
      by: `replaced:${trip.id}`,
      poolTtlS: platform.config.poolTtlS,
    });
  }
  platform.afterResponse(async () => {
    if (replaced !== null) await forgetTrips(platform.cache, [replaced]);
    // The search that follows may then be answered without the database.
    if (trip.scheduled_for === null) {
      await storeTrip(platform.cache, {
        ...trip,
        lat: trip.pickup.lat,
        lng: trip.pickup.lng,
        refused_by: opened.refused_by,
      });
    }
  });
  return opened;
}

/**
 * Cancels a trip and the match under way on it.
 * @throws ApiError TRIP_NOT_FOUND, FORBIDDEN, TRIP_CANCELLED, TRIP_EXPIRED, TRIP_COMPLETED
 */
export async function cancelTrip(
  platform: Platform,
  options: Actor & { tripId: string; reason: string | undefined },
): Promise<z.infer<typeof cancelledTrip>> {
  const cancelled = await whileTaking(platform, {
    tripIds: [options.tripId],
    // One attempt's own: a second one, which fails, must not release the mark of the first.
    by: `cancel:${crypto.randomUUID()}`,
    transaction: () =>
      platform.database.call("cancel_trip", {
        p_acting_user: options.actingUser,
        p_trip_id: options.tripId,
        p_reason: options.reason ?? null,
        p_idempotency_key: options.idempotencyKey,
      }, cancelledTrip),
  });
  const { match } = cancelled;
  platform.afterResponse(async () => {
    if (match === null) return await forgetTrips(platform.cache, [options.tripId]);
    const tripIds = [match.passenger_trip_id, match.driver_trip_id];
    await forgetTrips(platform.cache, tripIds);
    // The other side's trip is open again.
    const reopened = tripIds.filter((id) => id !== options.tripId);
    await releaseTaken(platform.cache, { tripIds: reopened, by: match.id });
  });
  return cancelled;
}
