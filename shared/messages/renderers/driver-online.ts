import type { OutboundMessage } from "../../whatsapp/mod.ts";
import { buttons, choices, list, tripChoices } from "../choices.ts";
import { lines, starsOf, totalOf, vehicleName } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";

/** Being online, and who needs a ride nearby. */
export const driverOnline = {
  ask_plate: askPlate,
  online,
  still_online: stillOnline,
  stay_online: stayOnline,
  hidden,
  offline,
  passengers_near: passengersNear,
  no_passengers_near: noPassengersNear,
  today,
};

function askPlate(_: ParsedParams<"ask_plate">, { words }: Scene): OutboundMessage {
  return { type: "text", body: words.t("ask_plate") };
}

function online(params: ParsedParams<"online">, scene: Scene): OutboundMessage {
  const { t, clock } = scene.words;
  return buttons(scene, {
    body: lines(
      t("online", {
        clock: clock(params.until, params.time_zone),
        vehicle: vehicleName(params.vehicle_type, scene),
      }),
      t("online_moved"),
    ),
    choices: whileOnline(params.trip_id),
  });
}

function stillOnline(params: ParsedParams<"still_online">, scene: Scene): OutboundMessage {
  const { t, clock } = scene.words;
  return buttons(scene, {
    body: t("still_online", { clock: clock(params.until, params.time_zone) }),
    choices: whileOnline(params.trip_id),
  });
}

function stayOnline(
  { trip_id }: ParsedParams<"stay_online">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("stay_online"),
    choices: [tripChoices.stay(trip_id), choices.moved, tripChoices.offline(trip_id)],
  });
}

function hidden({ trip_id }: ParsedParams<"hidden">, scene: Scene): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("hidden"),
    choices: [tripChoices.stillHere(trip_id), choices.moved, tripChoices.offline(trip_id)],
  });
}

function offline(params: ParsedParams<"offline">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  return buttons(scene, {
    body: params.rides >= 1 ? t("offline_today", { total: totalOf(params, scene) }) : t("offline"),
    choices: [choices.goOnline, choices.home],
  });
}

function passengersNear(
  { trip_id, passengers }: ParsedParams<"passengers_near">,
  scene: Scene,
): OutboundMessage {
  const { t, distance, duration } = scene.words;
  const shown = passengers.slice(0, 9);
  return list(scene, {
    body: t("passengers_near", { n: shown.length }),
    button: "list_passengers",
    rows: shown.map((passenger) => ({
      id: `take:${trip_id}:${passenger.trip_id}`,
      title: distance(passenger.distance_m),
      description: t("row_passenger_about", { duration: duration(passenger.eta_s) }),
    })),
  });
}

function noPassengersNear(
  { trip_id }: ParsedParams<"no_passengers_near">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("no_passengers_near"),
    choices: whileOnline(trip_id),
  });
}

function today(params: ParsedParams<"today">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  const { rating, rating_count, rides_as_passenger } = params;
  return buttons(scene, {
    body: lines(
      t("today", { total: totalOf(params, scene) }),
      rides_as_passenger >= 1
        ? t("today_passenger", { rides: t("rides", { n: Math.round(rides_as_passenger) }) })
        : null,
      rating_count
        ? t("today_rating", {
          rating: starsOf({ rating, count: rating_count }, scene),
          n: Math.round(rating_count),
        })
        : null,
    ),
    choices: [choices.home],
  });
}

function whileOnline(tripId: string): Parameters<typeof buttons>[1]["choices"] {
  return [tripChoices.near(tripId), choices.moved, tripChoices.offline(tripId)];
}
