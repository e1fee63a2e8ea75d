import { type CompassPoint, compassPoint, distanceM, type Point } from "../../geo/mod.ts";
import type { OutboundMessage } from "../../whatsapp/mod.ts";
import type { MessageKey } from "../../words/mod.ts";
import { buttons, matchChoices, offerChoices } from "../choices.ts";
import { fareLine, lines, nameOr, placeName, starsOf } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";

const towards: Readonly<Record<CompassPoint, MessageKey>> = {
  n: "towards_n",
  ne: "towards_ne",
  e: "towards_e",
  se: "towards_se",
  s: "towards_s",
  sw: "towards_sw",
  w: "towards_w",
  nw: "towards_nw",
};

/** Why an offer is not there any more. */
export const offerGoneKeys: Readonly<Record<ParsedParams<"offer_gone">["reason"], MessageKey>> = {
  taken: "offer_gone_taken",
  cancelled: "offer_gone_cancelled",
  expired: "offer_gone_expired",
};

type RideOnOffer = Omit<ParsedParams<"offer">, "offer_id" | "expires_in_s">;

/** Rides that a driver is offered, and what becomes of them. */
export const driverOffer = {
  offer,
  proposal,
  offer_gone: offerGone,
  offer_declined: offerDeclined,
  asking_passenger: askingPassenger,
  passenger_declined: passengerDeclined,
  passenger_silent: passengerSilent,
};

function offer(params: ParsedParams<"offer">, scene: Scene): OutboundMessage {
  const { t, patience } = scene.words;
  return buttons(scene, {
    body: lines(t("offer", { time: patience(params.expires_in_s) }), ...rideOf(params, scene)),
    choices: [offerChoices.yes(params.offer_id), offerChoices.no(params.offer_id)],
  });
}

function proposal(params: ParsedParams<"proposal">, scene: Scene): OutboundMessage {
  const { t, patience } = scene.words;
  return buttons(scene, {
    body: lines(t("proposal", { time: patience(params.respond_s) }), ...rideOf(params, scene)),
    choices: [matchChoices.yes(params.match_id), matchChoices.no(params.match_id)],
  });
}

/** Where a ride goes, as a direction of the compass. */
export function directionOf(
  { pickup, dropoff }: { pickup: Point; dropoff: Point },
  { words }: Scene,
): string {
  return words.t(towards[compassPoint(pickup, dropoff)]);
}

function rideOf(params: RideOnOffer, scene: Scene): (string | null)[] {
  const { t, distance, duration } = scene.words;
  const place = placeName(params.pickup);
  const away = { distance: distance(params.distance_m), duration: duration(params.eta_s) };
  const stars = starsOf(
    { rating: params.passenger_rating, count: params.passenger_rating_count },
    scene,
  );
  return [
    place === null ? t("pickup_away", away) : t("pickup_away_place", { ...away, place }),
    goingLine(params, scene),
    fareLine(params, scene),
    t("passenger_rating", { rating: stars }),
  ];
}

function goingLine(params: RideOnOffer, scene: Scene): string {
  const { t, distance } = scene.words;
  const { pickup, dropoff, ride_distance_m } = params;
  if (!dropoff) return t("going_unknown");
  const direction = directionOf({ pickup, dropoff }, scene);
  const place = placeName(dropoff);
  // Where the length of the way is not known, the line through the air still tells short from long.
  const far = distance(ride_distance_m ?? distanceM(pickup, dropoff));
  return place === null
    ? t("going", { direction, distance: far })
    : t("going_place", { place, direction, distance: far });
}

function offerGone(
  { reason }: ParsedParams<"offer_gone">,
  { words }: Scene,
): OutboundMessage {
  return { type: "text", body: words.t(offerGoneKeys[reason]) };
}

function offerDeclined(
  _: ParsedParams<"offer_declined">,
  { words }: Scene,
): OutboundMessage {
  return { type: "text", body: words.t("offer_declined") };
}

function askingPassenger(
  { passenger_name, respond_s }: ParsedParams<"asking_passenger">,
  scene: Scene,
): OutboundMessage {
  const body = scene.words.t("asking_passenger", {
    passenger: nameOr(passenger_name, "the_passenger", scene),
    time: scene.words.patience(respond_s),
  });
  return { type: "text", body };
}

function passengerDeclined(
  _: ParsedParams<"passenger_declined">,
  { words }: Scene,
): OutboundMessage {
  return { type: "text", body: words.t("passenger_declined") };
}

function passengerSilent(
  _: ParsedParams<"passenger_silent">,
  { words }: Scene,
): OutboundMessage {
  return { type: "text", body: words.t("passenger_silent") };
}
