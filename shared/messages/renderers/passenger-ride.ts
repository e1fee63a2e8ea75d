import type { OutboundMessage } from "../../whatsapp/mod.ts";
import { buttons, choices, list, matchChoices, ratingRows, tripChoices } from "../choices.ts";
import { tripPage } from "../links.ts";
import { fareLine, lines, nameOr, reasonLine, sentence, starsOf, vehicleName } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";
import { tidy } from "../tidy.ts";

const PLATE = 20;

/** A passenger's ride, from the driver who is found to the receipt; and rides for later. */
export const passengerRide = {
  proposal_to_passenger: proposalToPassenger,
  ride_accepted: rideAccepted,
  driver_arrived: driverArrived,
  ride_started: rideStarted,
  receipt,
  cancelled_by_driver: cancelledByDriver,
  trip_cancelled: tripCancelled,
  trip_expired: tripExpired,
  scheduled,
  scheduled_reminder: scheduledReminder,
};

function proposalToPassenger(
  params: ParsedParams<"proposal_to_passenger">,
  scene: Scene,
): OutboundMessage {
  const { t, distance, duration, patience } = scene.words;
  const { distance_m, eta_s } = params;
  const away = typeof distance_m === "number" && typeof eta_s === "number"
    ? t("away", { distance: distance(distance_m), duration: duration(eta_s) })
    : null;
  const driver = nameOr(params.driver_name, "a_driver", scene);
  return buttons(scene, {
    body: lines(
      sentence(t("proposal_to_passenger", { driver, time: patience(params.respond_s) })),
      driverFacts(params, scene),
      away,
      fareLine(params, scene),
    ),
    choices: [matchChoices.yes(params.match_id), matchChoices.no(params.match_id)],
  });
}

function rideAccepted(
  params: ParsedParams<"ride_accepted">,
  scene: Scene,
): OutboundMessage {
  const { t, distance, duration } = scene.words;
  const { match_id, distance_m, eta_s } = params;
  const driver = nameOr(params.driver_name, "your_driver", scene);
  const coming = typeof distance_m === "number" && typeof eta_s === "number"
    ? t("ride_accepted_eta", { driver, distance: distance(distance_m), duration: duration(eta_s) })
    : t("ride_accepted", { driver });
  return buttons(scene, {
    body: lines(
      sentence(coming),
      driverFacts(params, scene),
      t("your_pin", { pin: params.pin }),
      fareLine(params, scene),
      t("follow", { url: tripPage(params.link_token, scene) }),
    ),
    choices: [
      matchChoices.cancel(match_id),
      matchChoices.share(match_id),
      matchChoices.sos(match_id),
    ],
  });
}

/** What to recognise a driver by: "Moto · RAD 123 B · ★ 4.8". */
function driverFacts(
  params: ParsedParams<"ride_accepted"> | ParsedParams<"proposal_to_passenger">,
  scene: Scene,
): string {
  const plate = tidy(params.plate ?? "", PLATE);
  return [
    vehicleName(params.vehicle_type, scene),
    plate === "" ? null : `*${plate}*`,
    starsOf({ rating: params.rating, count: params.rating_count }, scene),
  ].filter((fact) => fact !== null).join(" · ");
}

function driverArrived(
  { match_id, driver_name, plate, pin }: ParsedParams<"driver_arrived">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  const shown = tidy(plate ?? "", PLATE);
  return buttons(scene, {
    body: lines(
      sentence(t("driver_arrived", { driver: nameOr(driver_name, "your_driver", scene) })),
      shown === "" ? null : t("look_for", { plate: shown }),
      t("your_pin", { pin }),
    ),
    choices: [matchChoices.cancel(match_id), matchChoices.sos(match_id)],
  });
}

function rideStarted(
  { match_id, link_token }: ParsedParams<"ride_started">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  return buttons(scene, {
    body: lines(
      t("ride_started"),
      link_token ? t("follow", { url: tripPage(link_token, scene) }) : null,
    ),
    choices: [matchChoices.share(match_id), matchChoices.sos(match_id)],
  });
}

function receipt(params: ParsedParams<"receipt">, scene: Scene): OutboundMessage {
  const { t, distance, duration, moment } = scene.words;
  const { distance_m, duration_s } = params;
  const facts = [
    typeof distance_m === "number" ? distance(distance_m) : null,
    typeof duration_s === "number" ? duration(duration_s) : null,
    moment(params.completed_at, params.time_zone),
  ];
  return list(scene, {
    body: lines(
      sentence(t("receipt", { driver: nameOr(params.driver_name, "your_driver", scene) })),
      fareLine(params, scene),
      facts.filter((fact) => fact !== null).join(" · "),
      t("receipt_ask"),
    ),
    button: "list_rate",
    rows: ratingRows(params.match_id, scene),
  });
}

function cancelledByDriver(
  { trip_id, reason }: ParsedParams<"cancelled_by_driver">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: lines(scene.words.t("cancelled_by_driver"), reasonLine(reason, scene)),
    choices: [tripChoices.best(trip_id), tripChoices.again(trip_id), tripChoices.cancel(trip_id)],
  });
}

function tripCancelled(_: ParsedParams<"trip_cancelled">, scene: Scene): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("trip_cancelled"),
    choices: [choices.ride, choices.home],
  });
}

function tripExpired({ role }: ParsedParams<"trip_expired">, scene: Scene): OutboundMessage {
  const { t } = scene.words;
  return role === "driver"
    ? buttons(scene, {
      body: t("trip_expired_driver"),
      choices: [choices.goOnline, choices.home],
    })
    : buttons(scene, {
      body: t("trip_expired_passenger"),
      choices: [choices.ride, choices.home],
    });
}

function scheduled(params: ParsedParams<"scheduled">, scene: Scene): OutboundMessage {
  const { t, moment } = scene.words;
  return buttons(scene, {
    body: lines(
      t("scheduled", { moment: moment(params.at, params.time_zone) }),
      fareLine(params, scene),
      t("scheduled_after"),
    ),
    choices: [tripChoices.cancel(params.trip_id), choices.home],
  });
}

function scheduledReminder(
  { trip_id, at, time_zone }: ParsedParams<"scheduled_reminder">,
  scene: Scene,
): OutboundMessage {
  const { t, moment } = scene.words;
  return buttons(scene, {
    body: t("scheduled_reminder", { moment: moment(at, time_zone) }),
    choices: [tripChoices.again(trip_id), tripChoices.cancel(trip_id)],
  });
}
