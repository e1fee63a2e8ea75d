import type { Say } from "../messages/mod.ts";
import type { Locale } from "../words/mod.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { type Context, type Place, type Step, stepOf } from "./steps.ts";

type Side = "driver" | "passenger";

/** A change that the database makes for the person who writes; what follows from it, it says itself. */
export type Command =
  | { name: "set_locale"; locale: Locale }
  | { name: "set_vehicle"; vehicle_type: string; plate: string }
  | {
    name: "open_trip";
    role: Side;
    vehicle_type: string;
    pickup: Place;
    dropoff?: Place;
    expires_in_s: number;
    scheduled_for?: string;
  }
  | { name: "cancel_trip"; trip_id: string; reason?: string }
  /** `match_id` is given before it is sent, so that the cache can be told who takes the trips. */
  | { name: "propose"; passenger_trip_id: string; driver_trip_id: string; match_id?: string }
  | { name: "dispatch"; passenger_trip_id: string; candidates: DispatchCandidate[] }
  | { name: "answer_offer"; offer_id: string; accept: boolean; match_id?: string }
  | {
    name: "advance";
    match_id: string;
    action: "accept" | "decline" | "arrive" | "start" | "complete" | "cancel";
    pin?: string;
    reason?: string;
  }
  /** Says again what the person's side of the ride is to do now, with its buttons. */
  | { name: "show_ride"; match_id: string }
  | { name: "rate"; match_id: string; rating: number }
  | { name: "stay_online"; trip_id: string }
  | { name: "move"; trip_id: string; lat: number; lng: number }
  | { name: "watch"; trip_id: string }
  | { name: "search_again"; trip_id: string }
  | { name: "today" }
  | { name: "block"; match_id: string }
  | { name: "unblock"; user_id: string }
  | { name: "list_blocked" }
  | { name: "sos"; match_id: string; lat?: number; lng?: number }
  | { name: "share_trip"; match_id: string }
  | { name: "add_contact"; phone: string; contact_name: string }
  | { name: "remove_contact"; contact_id: string }
  | { name: "list_contacts" }
  | { name: "relay"; match_id: string; text: string };

/** A driver to offer a ride to. */
export interface DispatchCandidate {
  readonly trip_id: string;
  readonly distance_m: number;
  readonly eta_s: number;
}

/** What an event comes to; the database does all of it in one transaction. */
export interface Answer {
  readonly step: Step;
  readonly context: Context;
  readonly say: readonly Say[];
  readonly command: Command | null;
  /** The language that the person's first message tells; kept before anything is said. */
  readonly locale?: Locale;
}

/** A search that has to be made before there is an answer, and what its result is for. */
export type Search =
  & { readonly trip_id: string }
  & (
    | { readonly role: "driver"; readonly then: "list" | "dispatch" }
    | { readonly role: "driver"; readonly then: "propose"; readonly driver_trip_id: string }
    | { readonly role: "passenger"; readonly then: "list_passengers" }
  );

/** A place that somebody has named, and which of the ride's ends it is. */
export interface PlaceQuestion {
  readonly text: string;
  readonly end: "pickup" | "dropoff";
}

/** What to do with an event: answer it, or find something out first. */
export type Decision =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "search"; readonly search: Search }
  | { readonly kind: "find_place"; readonly question: PlaceQuestion };

/** Builds the answer to an event; the step stays as it is unless another is given. */
export function reply(
  event: ClaimedEvent,
  changes: { step?: Step; context?: Context; say?: readonly Say[]; command?: Command } = {},
): Answer {
  const here = stepOf(event);
  const step = changes.step ?? here.step;
  return {
    step,
    // A new step begins with nothing but what it is given.
    context: changes.context ?? (changes.step === undefined ? here.context : {}),
    say: changes.say ?? [],
    command: changes.command ?? null,
  };
}

/** The decision that is an answer. */
export function answered(answer: Answer): Decision {
  return { kind: "answer", answer };
}
