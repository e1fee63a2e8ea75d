import type { OutboundMessage } from "../../whatsapp/mod.ts";
import { buttons, list, matchChoices, ratingRows } from "../choices.ts";
import { mapLink } from "../links.ts";
import { fareLine, lines, nameOr, placeName, reasonLine, sentence, totalOf } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";

/** A ride from the driver's side. */
export const driverRide = {
  ride_won: rideWon,
  ask_pin: askPin,
  ride_running: rideRunning,
  ride_done: rideDone,
  cancelled_by_passenger: cancelledByPassenger,
};

function rideWon(params: ParsedParams<"ride_won">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  const { match_id, pickup } = params;
  const place = placeName(pickup);
  return buttons(scene, {
    body: lines(
      t("ride_won", { passenger: nameOr(params.passenger_name, "the_passenger", scene) }),
      place === null ? null : t("pickup_place", { place }),
      t("map", { url: mapLink(pickup) }),
      destinationLine(params, scene),
      fareLine(params, scene),
      t("ride_won_after"),
    ),
    choices: [
      matchChoices.arrive(match_id),
      matchChoices.cancel(match_id),
      matchChoices.sos(match_id),
    ],
  });
}

function destinationLine(
  { dropoff }: ParsedParams<"ride_won">,
  { words }: Scene,
): string | null {
  if (!dropoff) return words.t("going_unknown");
  const place = placeName(dropoff);
  return place === null ? null : words.t("destination", { place });
}

function askPin({ match_id }: ParsedParams<"ask_pin">, scene: Scene): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("ask_pin"),
    choices: [matchChoices.cancel(match_id)],
  });
}

function rideRunning(
  { match_id, dropoff }: ParsedParams<"ride_running">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  const place = dropoff ? placeName(dropoff) : null;
  return buttons(scene, {
    body: lines(
      t("ride_running"),
      place === null ? null : t("destination", { place }),
      dropoff ? t("map", { url: mapLink(dropoff) }) : null,
      t("ride_running_after"),
    ),
    choices: [
      matchChoices.complete(match_id),
      matchChoices.sos(match_id),
      matchChoices.cancel(match_id),
    ],
  });
}

function rideDone(params: ParsedParams<"ride_done">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  const total = totalOf(
    { rides: params.rides_today, earnings: params.earnings_today, currency: params.currency },
    scene,
  );
  return list(scene, {
    body: lines(
      t("ride_done"),
      fareLine(params, scene),
      t("ride_done_today", { total }),
      params.online ? t("ride_done_online") : null,
      sentence(
        t("ride_done_ask", { passenger: nameOr(params.passenger_name, "the_passenger", scene) }),
      ),
    ),
    button: "list_rate",
    rows: ratingRows(params.match_id, scene),
  });
}

function cancelledByPassenger(
  { reason }: ParsedParams<"cancelled_by_passenger">,
  scene: Scene,
): OutboundMessage {
  return {
    type: "text",
    body: lines(scene.words.t("cancelled_by_passenger"), reasonLine(reason, scene)),
  };
}
