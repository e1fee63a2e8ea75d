import type { ListRow, OutboundMessage } from "../../whatsapp/mod.ts";
import { buttons, choices, list, tripChoices } from "../choices.ts";
import { fareOf, lines, nameOr, sentence, starsOf, vehicleName } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";
import { tidy } from "../tidy.ts";

const DRIVERS = 9;
const ROW_TITLE = 24;
const PLACE = 80;

/** A picture says which vehicle to those who do not read. */
const vehicleIcons: Readonly<Record<string, string>> = {
  moto: "🛵",
  cab: "🚕",
  lifan: "🛺",
  truck: "🚚",
};

/** From the wish of a passenger to the driver who is asked. */
export const passengerSearch = {
  choose_vehicle: chooseVehicle,
  ask_pickup: askPickup,
  ask_dropoff: askDropoff,
  choose_time: chooseTime,
  place_not_found: placeNotFound,
  drivers_found: driversFound,
  nobody_near: nobodyNear,
  watching,
  somebody_near: somebodyNear,
  asking_driver: askingDriver,
  dispatching,
  driver_declined: driverDeclined,
  driver_silent: driverSilent,
  nobody_accepted: nobodyAccepted,
};

function chooseVehicle(
  { role, vehicle_types }: ParsedParams<"choose_vehicle">,
  scene: Scene,
): OutboundMessage {
  return list(scene, {
    body: scene.words.t(
      role === "driver" ? "choose_vehicle_driver" : "choose_vehicle_passenger",
    ),
    button: "list_choose",
    rows: vehicle_types.map((code) => ({
      id: `veh:${role}:${code}`,
      title: [vehicleIcons[code], vehicleName(code, scene)].filter(Boolean).join(" "),
    })),
  });
}

function askPickup({ role }: ParsedParams<"ask_pickup">, scene: Scene): OutboundMessage {
  const key = role === "driver" ? "ask_pickup_driver" : "ask_pickup_passenger";
  return { type: "location_request", body: scene.words.t(key) };
}

function askDropoff({ pickup }: ParsedParams<"ask_dropoff">, scene: Scene): OutboundMessage {
  const { words } = scene;
  return buttons(scene, {
    body: lines(
      !pickup ? null : words.t("ask_dropoff_from", { place: tidy(pickup, PLACE) }),
      words.t("ask_dropoff"),
    ),
    choices: [choices.skip, choices.home],
  });
}

function chooseTime(
  { times, time_zone }: ParsedParams<"choose_time">,
  scene: Scene,
): OutboundMessage {
  const { words } = scene;
  return list(scene, {
    body: words.t("choose_time"),
    button: "list_choose",
    rows: times.map((at) => ({
      id: `at:${at}`,
      title: words.clock(at, time_zone),
      description: words.day(at, time_zone),
    })),
  });
}

function placeNotFound(
  { text }: ParsedParams<"place_not_found">,
  { words }: Scene,
): OutboundMessage {
  return { type: "text", body: words.t("place_not_found", { place: tidy(text, PLACE) }) };
}

function driversFound(
  params: ParsedParams<"drivers_found">,
  scene: Scene,
): OutboundMessage {
  const { t, distance } = scene.words;
  const drivers = params.drivers.slice(0, DRIVERS);
  const found = params.wider
    ? t("drivers_found_wider", { n: drivers.length, radius: distance(params.radius_m) })
    : t("drivers_found", { n: drivers.length });
  return list(scene, {
    body: lines(found, estimate(params, scene), t("drivers_found_choose")),
    button: "list_drivers",
    rows: [
      {
        id: `best:${params.trip_id}`,
        title: t("button_best"),
        description: t("row_best_about"),
      },
      ...drivers.map((driver) => driverRow(driver, { tripId: params.trip_id, scene })),
    ],
  });
}

function driverRow(
  driver: ParsedParams<"drivers_found">["drivers"][number],
  { tripId, scene }: { tripId: string; scene: Scene },
): ListRow {
  const { t, distance, duration } = scene.words;
  const facts = [
    starsOf({ rating: driver.rating, count: driver.rating_count }, scene),
    driver.total_trips >= 1 ? t("rides", { n: Math.round(driver.total_trips) }) : null,
    distance(driver.distance_m),
    duration(driver.eta_s),
  ];
  return {
    id: `pick:${tripId}:${driver.trip_id}`,
    title: tidy(driver.name ?? "", ROW_TITLE) || sentence(t("a_driver")),
    description: facts.filter((fact) => fact !== null).join(" · "),
  };
}

function estimate(params: ParsedParams<"drivers_found">, scene: Scene): string | null {
  const fare = fareOf(params, scene);
  if (fare === null) return null;
  return typeof params.distance_m === "number"
    ? scene.words.t("estimate_distance", {
      fare,
      distance: scene.words.distance(params.distance_m),
    })
    : scene.words.t("estimate", { fare });
}

function nobodyNear(
  { trip_id, radius_m }: ParsedParams<"nobody_near">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("nobody_near", { radius: scene.words.distance(radius_m) }),
    choices: [tripChoices.watch(trip_id), tripChoices.again(trip_id), tripChoices.cancel(trip_id)],
  });
}

function watching({ trip_id }: ParsedParams<"watching">, scene: Scene): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("watching"),
    choices: [tripChoices.cancel(trip_id)],
  });
}

function somebodyNear(
  { trip_id, vehicle_type }: ParsedParams<"somebody_near">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("somebody_near", { vehicle: vehicleName(vehicle_type, scene) }),
    choices: [tripChoices.best(trip_id), tripChoices.again(trip_id), tripChoices.cancel(trip_id)],
  });
}

function askingDriver(
  { trip_id, driver_name, respond_s }: ParsedParams<"asking_driver">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("asking_driver", {
      driver: nameOr(driver_name, "the_driver", scene),
      time: scene.words.patience(respond_s),
    }),
    choices: [tripChoices.cancel(trip_id)],
  });
}

function dispatching(
  { trip_id }: ParsedParams<"dispatching">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("dispatching"),
    choices: [tripChoices.cancel(trip_id)],
  });
}

function driverDeclined(
  params: ParsedParams<"driver_declined">,
  scene: Scene,
): OutboundMessage {
  return askOthers(params, { key: "driver_declined", scene });
}

function driverSilent(params: ParsedParams<"driver_silent">, scene: Scene): OutboundMessage {
  return askOthers(params, { key: "driver_silent", scene });
}

function askOthers(
  { trip_id, driver_name }: ParsedParams<"driver_declined">,
  { key, scene }: { key: "driver_declined" | "driver_silent"; scene: Scene },
): OutboundMessage {
  const driver = nameOr(driver_name, "the_driver", scene);
  return buttons(scene, {
    body: sentence(scene.words.t(key, { driver })),
    choices: [tripChoices.best(trip_id), tripChoices.again(trip_id), tripChoices.cancel(trip_id)],
  });
}

function nobodyAccepted(
  { trip_id }: ParsedParams<"nobody_accepted">,
  scene: Scene,
): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("nobody_accepted"),
    choices: [tripChoices.again(trip_id), tripChoices.watch(trip_id), tripChoices.cancel(trip_id)],
  });
}
