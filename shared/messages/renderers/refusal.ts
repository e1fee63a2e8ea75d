import { z } from "zod";
import type { OutboundMessage } from "../../whatsapp/mod.ts";
import type { MessageKey } from "../../words/mod.ts";
import { buttons, choices } from "../choices.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";
import { offerGoneKeys } from "./driver-offer.ts";

/** What to say of an error code; those that are missing are faults of ours. */
const refusals: Readonly<Record<string, MessageKey>> = {
  // The conversation's own: an SOS outside of a ride.
  NO_RIDE: "refusal_no_ride",
  INVALID_LOCATION: "refusal_location",
  IMPLAUSIBLE_POSITION: "refusal_location",
  INVALID_VEHICLE_TYPE: "refusal_vehicle",
  VEHICLE_TYPE_MISMATCH: "refusal_vehicle",
  NOT_FOUND: "refusal_not_found",
  TRIP_NOT_FOUND: "refusal_not_found",
  MATCH_NOT_FOUND: "refusal_not_found",
  OFFER_NOT_FOUND: "gone_offer",
  OFFER_GONE: "gone_offer",
  NO_DRIVERS_FOUND: "refusal_nobody",
  TRIP_ALREADY_MATCHED: "refusal_taken",
  TRIP_CANCELLED: "refusal_cancelled",
  TRIP_COMPLETED: "refusal_completed",
  TRIP_NOT_DUE: "refusal_not_due",
  TRIP_EXPIRED: "refusal_expired",
  ALREADY_IN_RIDE: "refusal_in_ride",
  MATCH_INVALID_STATE: "refusal_state",
  MATCH_EXPIRED: "refusal_too_late",
  ALREADY_RATED: "refusal_rated",
  SELF_MATCH: "refusal_self",
  MATCH_DECLINED: "refusal_declined",
  BLOCKED: "refusal_blocked",
  TOO_MANY_CONTACTS: "refusal_contacts",
  TOO_FAR_FROM_PICKUP: "refusal_too_far",
  PIN_INVALID: "refusal_pin",
  FORBIDDEN: "refusal_forbidden",
  VALIDATION_ERROR: "refusal_input",
  INVALID_JSON: "refusal_input",
  INVALID_TIMESTAMP: "refusal_input",
};

const knownDetails = z.object({
  attempts_left: z.number().int().min(0).optional().catch(undefined),
  retry_after_s: z.number().min(0).optional().catch(undefined),
  distance_m: z.number().min(0).optional().catch(undefined),
  reason: z.enum(["taken", "cancelled", "expired"]).optional().catch(undefined),
}).catch({});

/** Says why something cannot be done, by its error code, and what to do instead. */
export function refusal(params: ParsedParams<"refusal">, scene: Scene): OutboundMessage {
  return buttons(scene, { body: why(params, scene), choices: [choices.home] });
}

function why({ code, details }: ParsedParams<"refusal">, { words }: Scene): string {
  const { attempts_left, retry_after_s, distance_m, reason } = knownDetails.parse(details);
  if (code === "PIN_INVALID" && attempts_left !== undefined && attempts_left > 0) {
    return words.t("refusal_pin_left", { n: attempts_left });
  }
  if (code === "PIN_LOCKED" || code === "RATE_LIMITED") {
    const key = code === "PIN_LOCKED" ? "refusal_pin_locked" : "refusal_rate";
    return words.t(key, { wait: words.patience(Math.max(1, retry_after_s ?? 60)) });
  }
  if (code === "TOO_FAR_FROM_PICKUP" && distance_m !== undefined) {
    return words.t("refusal_too_far_by", { distance: words.distance(distance_m) });
  }
  if (code === "OFFER_GONE" && reason !== undefined) return words.t(offerGoneKeys[reason]);
  const key = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return words.t(key ?? "refusal_fault");
}
