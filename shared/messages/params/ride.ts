import { z } from "zod";
import { id, maybe, role } from "./fields.ts";

/** What is said to either side of a ride, and with which values. */
export const rideParams = {
  choose_cancel_reason: z.object({ id, target: z.enum(["trip", "match"]), side: role }),
  /** To the one who cancelled. */
  ride_cancelled: z.object({ match_id: id, side: role }),
  ride_lapsed: z.object({ match_id: id, side: role }),
  /** An operator took the ride apart; `searching` when the passenger gets another driver. */
  ride_withdrawn: z.object({ match_id: id, trip_id: id, side: role, searching: z.boolean() }),
  rated: z.object({ match_id: id, rating: z.number().min(1).max(5), other_name: maybe.text }),
  relayed: z.object({ from_role: role, name: maybe.text, text: z.string().min(1) }),
  relay_sent: z.object({}),
};
