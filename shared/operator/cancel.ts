import type { z } from "zod";
import { forgetTrips, releaseTaken, whileTaking } from "../matching/mod.ts";
import type { Platform } from "../platform/mod.ts";
import { cancelled } from "./answers.ts";

/** Who acts, on which ride or trip, and why. */
export interface OperatorMove {
  readonly actingUser: string | null;
  readonly id: string;
  readonly reason: string;
}

/**
 * Ends a ride for both, and the passenger's wish with it; the driver is free again.
 * @throws ApiError FORBIDDEN, MATCH_NOT_FOUND, MATCH_INVALID_STATE
 */
export async function cancelRide(
  platform: Platform,
  { actingUser, id, reason }: OperatorMove,
): Promise<z.infer<typeof cancelled>> {
  const answer = await platform.database.call("operator_cancel", {
    p_acting_user: actingUser,
    p_match_id: id,
    p_trip_id: null,
    p_reason: reason,
  }, cancelled);
  platform.metrics.count("mobility_match_transitions_total", { action: "stop" });
  const { match } = answer;
  if (match !== undefined) {
    const { passenger_trip_id, driver_trip_id } = match;
    platform.afterResponse(async () => {
      await forgetTrips(platform.cache, [passenger_trip_id, driver_trip_id]);
      await releaseTaken(platform.cache, { tripIds: [driver_trip_id], by: match.id });
    });
  }
  return answer;
}

/**
 * Cancels a trip that nobody is bound to.
 * @throws ApiError FORBIDDEN, TRIP_NOT_FOUND, TRIP_ALREADY_MATCHED, TRIP_CANCELLED, TRIP_EXPIRED, TRIP_COMPLETED
 */
export async function cancelOpenTrip(
  platform: Platform,
  { actingUser, id, reason }: OperatorMove,
): Promise<z.infer<typeof cancelled>> {
  const answer = await whileTaking(platform, {
    tripIds: [id],
    by: `cancel:${crypto.randomUUID()}`,
    transaction: () =>
      platform.database.call("operator_cancel", {
        p_acting_user: actingUser,
        p_match_id: null,
        p_trip_id: id,
        p_reason: reason,
      }, cancelled),
  });
  platform.afterResponse(() => forgetTrips(platform.cache, [id]));
  return answer;
}
