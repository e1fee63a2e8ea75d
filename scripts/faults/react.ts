import type { PhoneContent } from "../stack/graph/phone-content.ts";

/** On which side of a ride somebody is. */
export type Side = "driver" | "passenger";

/** A message as somebody reads it. */
export interface Read {
  readonly kind: string;
  readonly choices: readonly { readonly id: string; readonly title: string }[];
}

/** Where somebody is, and what they look for. */
export interface Whereabouts {
  readonly vehicle: string;
  readonly at: { readonly lat: number; readonly lng: number };
  readonly to: { readonly lat: number; readonly lng: number };
  readonly plate: string;
  /** Whether they begin anything new. */
  readonly isGoingHome: boolean;
}

/** What beginning a ride, or a shift, begins with. */
const BEGINNINGS: Readonly<Record<Side, readonly string[]>> = {
  passenger: ["menu:ride", "veh:passenger", "again:"],
  driver: ["menu:drive", "veh:driver"],
};

/** What people tap on, what matters most first. */
const TAPS: Readonly<Record<Side, readonly string[]>> = {
  passenger: ["rate:", "best:", "pick:", "again:", "veh:passenger:", "menu:ride"],
  driver: [
    "match_yes:",
    "offer_yes:",
    "arrive:",
    "complete:",
    "rate:",
    "veh:driver:",
    "menu:drive",
  ],
};

/** What somebody could do, and how much it matters: the least first. */
export interface Reaction {
  readonly content: PhoneContent;
  readonly rank: number;
}

/**
 * What somebody could do who has read a message: undefined when there is nothing to do but wait. The PIN is for who
 * knows it, so "ask_pin" is not answered here.
 */
export function react(side: Side, read: Read, where: Whereabouts): Reaction | undefined {
  const content = answerTo(side, read, where);
  if (content === undefined) return undefined;
  const rank = content.kind === "reply"
    ? TAPS[side].findIndex((wanted) => content.id.startsWith(wanted))
    : TAPS[side].length;
  return { content, rank };
}

/** What matters most of all that could be done about what was read; of the same, the latest. */
export function mostUrgent(reactions: readonly Reaction[]): PhoneContent | undefined {
  return reactions.toSorted((a, b) => b.rank - a.rank).at(-1)?.content;
}

function answerTo(
  side: Side,
  { kind, choices }: Read,
  where: Whereabouts,
): PhoneContent | undefined {
  if (kind === "ask_pickup") return location(where.at);
  if (kind === "ask_dropoff") return location(where.to);
  if (kind === "ask_plate") return { kind: "text", text: where.plate };
  // A driver who is online waits; the list of reasons of somebody who has not cancelled is not theirs.
  if (kind === "online" || kind === "ask_pin" || kind === "choose_cancel_reason") return undefined;
  for (const wanted of TAPS[side]) {
    if (where.isGoingHome && BEGINNINGS[side].some((begin) => wanted.startsWith(begin))) continue;
    const id = wanted.startsWith("veh:") ? `${wanted}${where.vehicle}` : wanted;
    const choice = choices.find((choice) => choice.id.startsWith(id));
    if (choice !== undefined) return { kind: "reply", id: choice.id, title: choice.title };
  }
  return undefined;
}

function location({ lat, lng }: { lat: number; lng: number }): PhoneContent {
  return { kind: "location", lat, lng };
}
