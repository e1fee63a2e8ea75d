import { type Say, say } from "../messages/mod.ts";
import { type Answer, type Command, reply } from "./answer.ts";
import type { ClaimedEvent, MatchView } from "./claimed-event.ts";
import { cleanText } from "./clean-text.ts";
import { gone, refuse } from "./menu.ts";
import type { Place } from "./steps.ts";

type Advance = Extract<Command, { name: "advance" }>["action"];

const MAX_RELAYED_LENGTH = 900;

/** The ride that both sides have agreed on, if there is one. */
export function agreedMatch(event: ClaimedEvent): MatchView | null {
  const { match } = event.situation;
  return match === null || match.status === "pending" ? null : match;
}

/** Shows the person's ride again: what is to do now, with its buttons. */
export function showRide(
  event: ClaimedEvent,
  match: MatchView,
  { first = [] }: { first?: readonly Say[] } = {},
): Answer {
  return reply(event, {
    step: isAwaitingPin(match) ? "pin" : "idle",
    say: first,
    command: { name: "show_ride", match_id: match.id },
  });
}

/** Says that a ride is under way, and shows it. */
export function alreadyInRide(event: ClaimedEvent, match: MatchView): Answer {
  return showRide(event, match, { first: [say("refusal", { code: "ALREADY_IN_RIDE" })] });
}

/** Whether this side is to type the passenger's PIN. */
export function isAwaitingPin(match: MatchView | null): match is MatchView {
  return match?.side === "driver" && match.status === "driver_arrived";
}

/** Who is asked whether they want the ride. */
function isAsked(match: MatchView): boolean {
  return match.status === "pending" && match.initiated_by !== match.side;
}

/** What each step of a ride needs, so that a button of any age does nothing at any other time. */
const allowed: Record<
  "accept" | "decline" | "arrive" | "complete",
  (match: MatchView) => boolean
> = {
  accept: isAsked,
  decline: isAsked,
  arrive: (match) => match.side === "driver" && match.status === "accepted",
  complete: (match) => match.side === "driver" && match.status === "in_progress",
};

/** Moves the ride; a button that comes too late or twice shows the ride as it is. */
export function advance(
  event: ClaimedEvent,
  { action, match_id }: { action: keyof typeof allowed; match_id: string },
): Answer {
  const { match } = event.situation;
  if (match?.id !== match_id) return gone(event, "match");
  if (!allowed[action](match)) return showRide(event, match);
  return move(event, { action, match_id });
}

function move(
  event: ClaimedEvent,
  change: { action: Advance; match_id: string; pin?: string; reason?: string },
): Answer {
  return reply(event, {
    step: change.action === "arrive" ? "pin" : "idle",
    command: { name: "advance", ...change },
  });
}

/** Yes or no, typed by whoever is asked for a ride; undefined when nobody asks. */
export function answerProposal(event: ClaimedEvent, accept: boolean): Answer | undefined {
  const { match } = event.situation;
  if (match === null || !isAsked(match)) return undefined;
  return move(event, { action: accept ? "accept" : "decline", match_id: match.id });
}

/** What a driver at the pickup types, when it is meant to be the PIN; undefined when it is something else. */
export function pinTyped(event: ClaimedEvent, text: string): Answer | undefined {
  const { match } = event.situation;
  if (!isAwaitingPin(match)) return undefined;
  const pin = text.normalize("NFKC").toLowerCase().replace(/^\s*(?:pin|code|kode)\b/, "")
    .replace(/[\s.:,*#-]/g, "");
  if (/^\d{4}$/.test(pin)) return move(event, { action: "start", match_id: match.id, pin });
  // Nearly a PIN is no message for the passenger.
  if (!/^\d{1,8}$/.test(pin)) return undefined;
  return reply(event, { step: "pin", say: [say("ask_pin", { match_id: match.id })] });
}

/** Sends what somebody writes during a ride to the other side. */
export function relay(
  event: ClaimedEvent,
  { match, text }: { match: MatchView; text: string },
): Answer {
  return reply(event, {
    say: [say("relay_sent", {})],
    command: { name: "relay", match_id: match.id, text: cleanText(text, MAX_RELAYED_LENGTH) },
  });
}

/** Sends where somebody is to the other side, as a link to the map. */
export function relayPlace(
  event: ClaimedEvent,
  { match, place }: { match: MatchView; place: Place },
): Answer {
  const url = `https://www.google.com/maps/search/?api=1&query=${place.lat},${place.lng}`;
  return relay(event, { match, text: ["📍", place.text, url].filter(Boolean).join(" ") });
}

/** Asks why the ride or the proposal is to be cancelled; whoever was only asked declines. */
export function cancelMatch(event: ClaimedEvent, match: MatchView): Answer {
  if (isAsked(match)) return move(event, { action: "decline", match_id: match.id });
  return reply(event, {
    step: "idle",
    say: [say("choose_cancel_reason", { id: match.id, target: "match", side: match.side })],
  });
}

/** Cancels for a reason. */
export function cancelMatchBecause(
  event: ClaimedEvent,
  { match_id, reason }: { match_id: string; reason: string },
): Answer {
  if (event.situation.match?.id !== match_id) return gone(event, "match");
  return move(event, { action: "cancel", match_id, reason });
}

/** Rates a completed ride; of older ones than the last the database knows. */
export function rate(
  event: ClaimedEvent,
  { match_id, rating }: { match_id: string; rating: number },
): Answer {
  const { last_match } = event.situation;
  if (last_match?.id === match_id && last_match.rated) return refuse(event, "ALREADY_RATED");
  return reply(event, { command: { name: "rate", match_id, rating } });
}

/** Cancels the ride by one of its buttons. */
export function cancelMatchFrom(event: ClaimedEvent, matchId: string): Answer {
  const { match } = event.situation;
  return match?.id === matchId ? cancelMatch(event, match) : gone(event, "match");
}
