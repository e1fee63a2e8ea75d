import { z } from "zod";
import type { Locale } from "../words/mod.ts";

type Side = "driver" | "passenger";

/** Where the menus lead. */
const destinations = [
  "home",
  "ride",
  "drive",
  "more",
  "language",
  "today",
  "later",
  "contacts",
  "blocked",
  "help",
] as const;

/** Why somebody cancels, as the lists offer it. */
export const cancelReasons = {
  passenger: ["changed_mind", "waited_too_long", "wrong_pickup", "driver_asked", "other"],
  driver: ["passenger_absent", "too_far", "vehicle_problem", "passenger_asked", "other"],
} as const satisfies Record<Side, readonly string[]>;

/** Verbs of buttons that carry the id of one of the person's trips. */
const tripVerbs = ["best", "watch", "again", "cancel", "stay", "near", "offline"] as const;
/** Verbs of buttons that carry the id of a match. */
const matchVerbs = [
  "match_yes",
  "match_no",
  "arrive",
  "complete",
  "mcancel",
  "share",
  "sos",
  "block",
] as const;

/** An action for each of some verbs, so that a switch over the verb narrows it. */
type Each<Verb extends string, Args> = Verb extends string
  ? { readonly verb: Verb } & Readonly<Args>
  : never;

/** What a tap on a button or a list row asks for; whether that still makes sense is not known here. */
export type Action =
  | Each<"menu", { to: typeof destinations[number] }>
  | Each<"lang", { locale: Locale }>
  | Each<"veh", { role: Side; vehicle_type: string }>
  | Each<"drop_skip", unknown>
  | Each<"at", { at: string }>
  | Each<typeof tripVerbs[number], { trip_id: string }>
  | Each<"pick" | "take", { trip_id: string; other_trip_id: string }>
  | Each<typeof matchVerbs[number], { match_id: string }>
  | Each<"offer_yes" | "offer_no", { offer_id: string }>
  | Each<"why", { target: "trip" | "match"; id: string; reason: string }>
  | Each<"rate", { match_id: string; rating: number }>
  | Each<"unblock", { user_id: string }>
  | Each<"uncontact", { contact_id: string }>;

const guid = z.guid().transform((value) => value.toLowerCase());
const instant = z.iso.datetime({ offset: true });
const side = z.enum(["driver", "passenger"]);
const locale = z.enum(["en", "fr", "rw", "sw"]);
const vehicleType = z.string().regex(/^[a-z][a-z0-9_]{0,60}$/);
const reason = z.enum([...cancelReasons.passenger, ...cancelReasons.driver]);
const stars = z.enum(["1", "2", "3", "4", "5"]).transform(Number);

const ofTrip = (verb: typeof tripVerbs[number]): [string, z.ZodType<Action>] => [
  verb,
  z.tuple([guid]).transform(([trip_id]) => ({ verb, trip_id })),
];
const ofMatch = (verb: typeof matchVerbs[number]): [string, z.ZodType<Action>] => [
  verb,
  z.tuple([guid]).transform(([match_id]) => ({ verb, match_id })),
];
const ofOffer = (verb: "offer_yes" | "offer_no"): [string, z.ZodType<Action>] => [
  verb,
  z.tuple([guid]).transform(([offer_id]) => ({ verb, offer_id })),
];
const ofTwoTrips = (verb: "pick" | "take"): [string, z.ZodType<Action>] => [
  verb,
  z.tuple([guid, guid]).transform(([trip_id, other_trip_id]) => ({ verb, trip_id, other_trip_id })),
];

/** What may follow each verb. */
const grammar: ReadonlyMap<string, z.ZodType<Action>> = new Map<string, z.ZodType<Action>>([
  ["menu", z.tuple([z.enum(destinations)]).transform(([to]) => ({ verb: "menu", to }))],
  ["lang", z.tuple([locale]).transform(([value]) => ({ verb: "lang", locale: value }))],
  [
    "veh",
    z.tuple([side, vehicleType])
      .transform(([role, vehicle_type]) => ({ verb: "veh", role, vehicle_type })),
  ],
  ["drop", z.tuple([z.literal("skip")]).transform(() => ({ verb: "drop_skip" }))],
  ["at", z.tuple([instant]).transform(([at]) => ({ verb: "at", at }))],
  ...tripVerbs.map(ofTrip),
  ...matchVerbs.map(ofMatch),
  ofOffer("offer_yes"),
  ofOffer("offer_no"),
  ofTwoTrips("pick"),
  ofTwoTrips("take"),
  [
    "why",
    z.tuple([z.enum(["trip", "match"]), guid, reason])
      .transform(([target, id, code]) => ({ verb: "why", target, id, reason: code })),
  ],
  [
    "rate",
    z.tuple([guid, stars]).transform(([match_id, rating]) => ({ verb: "rate", match_id, rating })),
  ],
  ["unblock", z.tuple([guid]).transform(([user_id]) => ({ verb: "unblock", user_id }))],
  ["uncontact", z.tuple([guid]).transform(([contact_id]) => ({ verb: "uncontact", contact_id }))],
]);

/** Reads the id of a button or a list row, `verb:argument:argument`; undefined when it is none of ours. */
export function parseAction(buttonId: string): Action | undefined {
  const [verb = "", ...rest] = buttonId.split(":");
  // A time has colons of its own.
  const args = verb === "at" ? [rest.join(":")] : rest;
  return grammar.get(verb)?.safeParse(args).data;
}

const BEGINNING = ["menu", "lang", "veh", "drop_skip", "at"] satisfies Action["verb"][];

/** Whether a tap is about nothing that there is yet, no trip, no offer, no ride. */
export function beginsAnew(buttonId: string): boolean {
  const action = parseAction(buttonId);
  return action !== undefined && BEGINNING.some((verb) => verb === action.verb);
}
