import { z } from "zod";
import { say } from "../messages/mod.ts";
import type { ErrorCode } from "../platform/mod.ts";
import { type Answer, type Command, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { ask } from "./flow.ts";
import { withLocale } from "./language.ts";
import { gone, refuse } from "./menu.ts";
import { alreadyInRide, showRide } from "./ride.ts";
import { justTaken } from "./search-result.ts";
import { stepOf } from "./steps.ts";

/** Why the database would not do something. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly details: unknown;
}

/** What to answer when a command was refused. Pure, as decide. */
export function afterRefusal(
  event: ClaimedEvent,
  { attempted, refusal }: { attempted: Answer; refusal: Refusal },
): Answer {
  const { command } = attempted;
  return withLocale(
    event,
    command === null
      ? explain(event, refusal)
      : answerRefused(event, command, { attempted, refusal }),
  );
}

/** What to answer when a search was refused; a task that comes too late is nothing to talk about. */
export function afterSearchRefusal(event: ClaimedEvent, refusal: Refusal): Answer {
  if (!concernsTrip(refusal)) return withLocale(event, explain(event, refusal));
  if (event.event.content.kind === "task") return reply(event);
  return withLocale(event, gone(event, "trip"));
}

/** Says what was refused, and nothing else; the step stays. */
export function explain(event: ClaimedEvent, { code, details }: Refusal): Answer {
  return reply(event, {
    say: [say("refusal", details === undefined ? { code } : { code, details })],
  });
}

function answerRefused(
  event: ClaimedEvent,
  command: Command,
  { attempted, refusal }: { attempted: Answer; refusal: Refusal },
): Answer {
  const { match } = event.situation;
  switch (command.name) {
    case "open_trip":
      return rideRefused(event, command, { refusal });
    case "propose":
      return proposalRefused(event, command, { refusal });
    case "answer_offer":
      return offerRefused(event, refusal);
    case "advance":
      if (refusal.code === "PIN_INVALID" || refusal.code === "PIN_LOCKED") {
        return { ...explain(event, refusal), step: "pin", context: {} };
      }
      return concernsMatch(refusal) ? gone(event, "match") : explain(event, refusal);
    case "show_ride":
      // The ride has ended meanwhile; what was said beside it still holds.
      return attempted.say.length > 0 ? { ...attempted, command: null } : gone(event, "match");
    case "sos":
      return refuse(event, "NO_RIDE");
    case "rate":
    case "relay":
    case "share_trip":
    case "block":
      return concernsMatch(refusal) ? gone(event, "match") : explain(event, refusal);
    case "cancel_trip":
    case "dispatch":
    case "watch":
    case "search_again":
    case "stay_online":
    case "move":
      if (refusal.code === "TRIP_ALREADY_MATCHED" && match) return showRide(event, match);
      return concernsTrip(refusal) ? gone(event, "trip") : explain(event, refusal);
    case "set_vehicle":
      return ask(event, "plate", {
        context: { role: "driver", vehicle_type: command.vehicle_type },
        first: explain(event, refusal).say,
      });
    default:
      return explain(event, refusal);
  }
}

/** Asks again for what was wrong with the ride, or with going online. */
function rideRefused(
  event: ClaimedEvent,
  { role, vehicle_type, scheduled_for }: Extract<Command, { name: "open_trip" }>,
  { refusal }: { refusal: Refusal },
): Answer {
  const { match } = event.situation;
  const first = explain(event, refusal).say;
  const { pickup: _pickup, ...known } = stepOf(event).context;
  const context = { ...known, role, vehicle_type };
  switch (refusal.code) {
    case "INVALID_LOCATION":
      return ask(event, "pickup", { context, first });
    case "INVALID_VEHICLE_TYPE": {
      const { vehicle_type: _type, ...rest } = context;
      return ask(event, "vehicle", { context: rest, first });
    }
    case "ALREADY_IN_RIDE":
      return match ? alreadyInRide(event, match) : reply(event, { step: "idle", say: first });
    default:
      if (scheduled_for === undefined) return reply(event, { step: "idle", say: first });
      return ask(event, "time", { context: { role, vehicle_type, later: true }, first });
  }
}

/** Of the two trips of a proposal the other's may be gone, or one's own. */
function proposalRefused(
  event: ClaimedEvent,
  command: Extract<Command, { name: "propose" }>,
  { refusal }: { refusal: Refusal },
): Answer {
  const mine = event.situation.driver_trip?.id === command.driver_trip_id ? "driver" : "passenger";
  if (!concernsTrip(refusal)) return explain(event, refusal);
  if (tripOf(refusal) === mine) return gone(event, "trip");
  if (mine === "passenger") return justTaken(event, command.passenger_trip_id);
  return explain(event, { code: "TRIP_ALREADY_MATCHED", details: { trip: "passenger" } });
}

/** A tap that comes too late is told by whom or what the offer was ended. */
function offerRefused(event: ClaimedEvent, refusal: Refusal): Answer {
  const { match } = event.situation;
  const parsed = offerGone.safeParse(refusal.details);
  const offerWent = concernsTrip(refusal) && tripOf(refusal) === "passenger" ? "taken" : undefined;
  const reason = parsed.data?.reason ?? offerWent;
  switch (reason) {
    case "accepted":
      return match ? showRide(event, match) : gone(event, "offer");
    case "taken":
    case "cancelled":
    case "expired":
      return reply(event, { say: [say("offer_gone", { reason })] });
    default:
      if (match && concernsTrip(refusal)) return alreadyInRide(event, match);
      return refusal.code === "BLOCKED" ? explain(event, refusal) : gone(event, "offer");
  }
}

const offerGone = z.object({
  reason: z.enum(["taken", "cancelled", "expired", "accepted", "declined", "withdrawn"]),
});
const concernedTrip = z.object({ trip: z.enum(["driver", "passenger"]) });

function tripOf({ details }: Refusal): "driver" | "passenger" | undefined {
  return concernedTrip.safeParse(details).data?.trip;
}

const tripCodes: readonly ErrorCode[] = [
  "TRIP_NOT_FOUND",
  "TRIP_ALREADY_MATCHED",
  "TRIP_CANCELLED",
  "TRIP_COMPLETED",
  "TRIP_EXPIRED",
  "FORBIDDEN",
];
const matchCodes: readonly ErrorCode[] = ["MATCH_NOT_FOUND", "MATCH_INVALID_STATE", "FORBIDDEN"];

function concernsTrip({ code }: Refusal): boolean {
  return tripCodes.includes(code);
}

function concernsMatch({ code }: Refusal): boolean {
  return matchCodes.includes(code);
}
