import type { Locale, MessageKey } from "../words/mod.ts";
import { type Choice, choices, matchChoices, offerChoices, tripChoices } from "./choices.ts";
import { tripPage } from "./links.ts";
import { fareOf, nameOr, totalOf, vehicleName } from "./phrases.ts";
import { directionOf } from "./renderers/driver-offer.ts";
import type { MessageKind, ParsedParams } from "./say.ts";
import type { Scene } from "./scene.ts";
import { tidy } from "./tidy.ts";

/** A text that Meta has approved, for people who have been silent for a day. */
export interface Template<P> {
  readonly body: MessageKey;
  /** The values of the body by their names in the catalogue. */
  readonly values: Readonly<Record<string, (params: P, scene: Scene) => string>>;
  /** The trip, match or offer that the buttons are about. */
  readonly subject: (params: P) => string;
  /** Its quick replies. Their titles are part of what was approved. */
  readonly replies: (subject: string) => readonly Choice[];
}

/** What templates are called at Meta, which has a country to Kinyarwanda. */
export const templateLanguages: Readonly<Record<Locale, string>> = {
  en: "en",
  fr: "fr",
  rw: "rw_RW",
  sw: "sw",
};

const PLATE = 20;

type Templates = { readonly [K in MessageKind]?: Template<ParsedParams<K>> };
type RideOnOffer = ParsedParams<"offer"> | ParsedParams<"proposal">;

const rideOnOffer = {
  distance: ({ distance_m }: RideOnOffer, { words }: Scene) => words.distance(distance_m),
  duration: ({ eta_s }: RideOnOffer, { words }: Scene) => words.duration(eta_s),
  direction,
  fare: fareOrOpen,
};

/** The kinds that reach people who have been silent for a day. */
export const templates = {
  offer: {
    body: "template_offer",
    values: { ...rideOnOffer, time: (params, { words }) => words.patience(params.expires_in_s) },
    subject: ({ offer_id }) => offer_id,
    replies: (offer) => [offerChoices.yes(offer), offerChoices.no(offer)],
  },
  proposal: {
    body: "template_proposal",
    values: { ...rideOnOffer, time: (params, { words }) => words.patience(params.respond_s) },
    subject: ({ match_id }) => match_id,
    replies: (match) => [matchChoices.yes(match), matchChoices.no(match)],
  },
  ride_accepted: {
    body: "template_ride_accepted",
    values: {
      driver: driverName,
      vehicle: ({ vehicle_type }, scene) => vehicleName(vehicle_type, scene),
      plate: plateOrUnknown,
      pin: ({ pin }) => pin,
      url: ({ link_token }, scene) => tripPage(link_token, scene),
    },
    subject: ({ match_id }) => match_id,
    replies: (match) => [
      matchChoices.cancel(match),
      matchChoices.share(match),
      matchChoices.sos(match),
    ],
  },
  driver_arrived: {
    body: "template_driver_arrived",
    values: { driver: driverName, plate: plateOrUnknown, pin: ({ pin }) => pin },
    subject: ({ match_id }) => match_id,
    replies: (match) => [matchChoices.cancel(match), matchChoices.sos(match)],
  },
  receipt: {
    body: "template_receipt",
    values: {
      driver: driverName,
      fare: fareOrOpen,
      distance: ({ distance_m }, { words }) =>
        typeof distance_m === "number" ? words.distance(distance_m) : words.t("distance_open"),
    },
    subject: ({ match_id }) => match_id,
    replies: ratings,
  },
  ride_done: {
    body: "template_ride_done",
    values: {
      fare: fareOrOpen,
      total: ({ rides_today, earnings_today, currency }, scene) =>
        totalOf({ rides: rides_today, earnings: earnings_today, currency }, scene),
    },
    subject: ({ match_id }) => match_id,
    replies: ratings,
  },
  cancelled_by_driver: {
    body: "template_cancelled_by_driver",
    values: {},
    subject: ({ trip_id }) => trip_id,
    replies: (trip) => [
      tripChoices.best(trip),
      tripChoices.again(trip),
      tripChoices.cancel(trip),
    ],
  },
  cancelled_by_passenger: {
    body: "template_cancelled_by_passenger",
    values: {},
    subject: ({ match_id }) => match_id,
    replies: () => [],
  },
  somebody_near: {
    body: "template_somebody_near",
    values: { vehicle: ({ vehicle_type }, scene) => vehicleName(vehicle_type, scene) },
    subject: ({ trip_id }) => trip_id,
    replies: (trip) => [
      tripChoices.best(trip),
      tripChoices.again(trip),
      tripChoices.cancel(trip),
    ],
  },
  nobody_accepted: {
    body: "template_nobody_accepted",
    values: {},
    subject: ({ trip_id }) => trip_id,
    replies: (trip) => [
      tripChoices.again(trip),
      tripChoices.watch(trip),
      tripChoices.cancel(trip),
    ],
  },
  scheduled_reminder: {
    body: "template_scheduled_reminder",
    values: { moment: ({ at, time_zone }, { words }) => words.moment(at, time_zone) },
    subject: ({ trip_id }) => trip_id,
    replies: (trip) => [tripChoices.again(trip), tripChoices.cancel(trip)],
  },
  stay_online: {
    body: "template_stay_online",
    values: {},
    subject: ({ trip_id }) => trip_id,
    replies: (trip) => [tripChoices.stay(trip), choices.moved, tripChoices.offline(trip)],
  },
  sos_alert: {
    body: "template_sos_alert",
    values: {
      name: ({ name }, scene) => nameOr(name, "somebody_who_trusts", scene),
      clock: ({ at, time_zone }, { words }) => words.clock(at, time_zone),
      url: ({ link_token }, scene) => tripPage(link_token, scene),
    },
    subject: () => "",
    replies: () => [],
  },
} as const satisfies Templates;

/** The body as it is registered, {{1}} the first value in this language, and the values in that order. */
export function numberValues(
  { body, values }: { body: MessageKey; values: Readonly<Record<string, unknown>> },
  { words }: Pick<Scene, "words">,
): { body: string; names: string[] } {
  const named = words.t(
    body,
    Object.fromEntries(Object.keys(values).map((name) => [name, `{{${name}}}`])),
  );
  const names = [
    ...new Set(Array.from(named.matchAll(/\{\{(\w+)\}\}/g), (match) => match[1] ?? "")),
  ];
  return {
    body: named.replace(/\{\{(\w+)\}\}/g, (_, name: string) => `{{${names.indexOf(name) + 1}}}`),
    names,
  };
}

function direction({ pickup, dropoff, ride_distance_m }: RideOnOffer, scene: Scene): string {
  const { t, distance } = scene.words;
  if (!dropoff) return t("direction_open");
  const towards = directionOf({ pickup, dropoff }, scene);
  return typeof ride_distance_m === "number"
    ? t("direction_distance", { direction: towards, distance: distance(ride_distance_m) })
    : towards;
}

function fareOrOpen(params: Parameters<typeof fareOf>[0], scene: Scene): string {
  return fareOf(params, scene) ?? scene.words.t("fare_open");
}

function driverName(params: { driver_name?: string | null | undefined }, scene: Scene): string {
  return nameOr(params.driver_name, "your_driver", scene);
}

function plateOrUnknown({ plate }: { plate?: string | null | undefined }, scene: Scene): string {
  return tidy(plate ?? "", PLATE) || scene.words.t("plate_open");
}

/** Three of the five ratings: a template has no list, and three are told apart at a glance. */
function ratings(match: string): Choice[] {
  return [
    { id: `rate:${match}:5`, title: "button_very_good" },
    { id: `rate:${match}:3`, title: "button_fair" },
    { id: `rate:${match}:1`, title: "button_bad" },
  ];
}
