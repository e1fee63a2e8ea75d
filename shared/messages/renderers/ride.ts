import type { OutboundMessage } from "../../whatsapp/mod.ts";
import { buttons, choices, list, matchChoices, tripChoices } from "../choices.ts";
import { nameOr, reasons, sentence } from "../phrases.ts";
import type { ParsedParams } from "../say.ts";
import type { Scene } from "../scene.ts";
import { tidyLines } from "../tidy.ts";

/** Leaves room for the name before it. */
const RELAYED = 4000;

const reasonsOf = {
  passenger: ["changed_mind", "waited_too_long", "wrong_pickup", "driver_asked", "other"],
  driver: ["passenger_absent", "too_far", "vehicle_problem", "passenger_asked", "other"],
} as const;

/** What either side of a ride hears. */
export const ride = {
  choose_cancel_reason: chooseCancelReason,
  ride_cancelled: rideCancelled,
  ride_lapsed: rideLapsed,
  ride_withdrawn: rideWithdrawn,
  rated,
  relayed,
  relay_sent: relaySent,
};

function chooseCancelReason(
  { id, target, side }: ParsedParams<"choose_cancel_reason">,
  scene: Scene,
): OutboundMessage {
  return list(scene, {
    body: scene.words.t("choose_cancel_reason"),
    button: "list_choose",
    rows: reasonsOf[side].map((code) => ({
      id: `why:${target}:${id}:${code}`,
      title: scene.words.t(reasons[code]),
    })),
  });
}

function rideCancelled(
  { side }: ParsedParams<"ride_cancelled">,
  scene: Scene,
): OutboundMessage {
  const key = side === "driver" ? "ride_cancelled_driver" : "ride_cancelled_passenger";
  return buttons(scene, { body: scene.words.t(key), choices: [choices.home] });
}

function rideLapsed({ side }: ParsedParams<"ride_lapsed">, scene: Scene): OutboundMessage {
  return buttons(scene, {
    body: scene.words.t("ride_lapsed"),
    choices: [side === "driver" ? choices.goOnline : choices.ride, choices.home],
  });
}

function rideWithdrawn(
  { trip_id, side, searching }: ParsedParams<"ride_withdrawn">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  if (side === "driver") {
    return buttons(scene, { body: t("ride_withdrawn_driver"), choices: [choices.home] });
  }
  return searching
    ? buttons(scene, {
      body: t("ride_withdrawn_searching"),
      choices: [tripChoices.cancel(trip_id), choices.home],
    })
    : buttons(scene, {
      body: t("ride_withdrawn_passenger"),
      choices: [choices.ride, choices.home],
    });
}

function rated(
  { match_id, rating, other_name }: ParsedParams<"rated">,
  scene: Scene,
): OutboundMessage {
  const { t } = scene.words;
  if (rating > 2) return buttons(scene, { body: t("rated"), choices: [choices.home] });
  return buttons(scene, {
    body: t("rated_low", { name: nameOr(other_name, "this_person", scene) }),
    choices: [matchChoices.block(match_id), choices.home],
  });
}

function relayed(
  { from_role, name, text }: ParsedParams<"relayed">,
  scene: Scene,
): OutboundMessage {
  const from = nameOr(name, from_role === "driver" ? "your_driver" : "your_passenger", scene);
  const body = scene.words.t("relayed", {
    name: sentence(from),
    text: tidyLines(text, RELAYED) || "…",
  });
  return { type: "text", body };
}

function relaySent(_: ParsedParams<"relay_sent">, { words }: Scene): OutboundMessage {
  return { type: "text", body: words.t("relay_sent") };
}
