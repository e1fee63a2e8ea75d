import type { MessageKey } from "../words/mod.ts";
import type { Scene } from "./scene.ts";
import { tidy } from "./tidy.ts";

const NAME_LENGTH = 40;
const PLACE_LENGTH = 80;
const REASON_LENGTH = 120;

const vehicleNames: Readonly<Record<string, MessageKey>> = {
  moto: "vehicle_moto",
  cab: "vehicle_cab",
  lifan: "vehicle_lifan",
  truck: "vehicle_truck",
  other: "vehicle_other",
};

/** Why somebody cancels: the codes of `choose_cancel_reason`. */
export const reasons = {
  changed_mind: "reason_changed_mind",
  waited_too_long: "reason_waited_too_long",
  wrong_pickup: "reason_wrong_pickup",
  driver_asked: "reason_driver_asked",
  passenger_absent: "reason_passenger_absent",
  too_far: "reason_too_far",
  vehicle_problem: "reason_vehicle_problem",
  passenger_asked: "reason_passenger_asked",
  other: "reason_other",
} as const satisfies Record<string, MessageKey>;

const reasonOfCode: Readonly<Record<string, MessageKey>> = reasons;

/** The lines there are, below each other. */
export function lines(...all: readonly (string | null)[]): string {
  return all.filter((line) => line !== null).join("\n");
}

/** A sentence that may begin with a name or with "the driver": its first letter is a capital. */
export function sentence(text: string): string {
  return text.replace(/^\P{L}*\p{L}/u, (start) => start.toUpperCase());
}

/** A person's name, or what the language calls them where it is not known. */
export function nameOr(
  name: string | null | undefined,
  otherwise: MessageKey,
  { words }: Scene,
): string {
  return tidy(name ?? "", NAME_LENGTH) || words.t(otherwise);
}

/** The name of a place, if it has one. */
export function placeName(place: { text?: string | null | undefined }): string | null {
  return tidy(place.text ?? "", PLACE_LENGTH) || null;
}

/** The language's name of a type of vehicle; one that is not known keeps its code. */
export function vehicleName(code: string, { words }: Scene): string {
  const key = Object.hasOwn(vehicleNames, code) ? vehicleNames[code] : undefined;
  return key === undefined ? sentence(tidy(code.replaceAll("_", " "), 20)) : words.t(key);
}

/** "★ 4.8", or that nobody has rated the person yet. */
export function starsOf(
  { rating, count }: { rating: number | null | undefined; count: number | null | undefined },
  { words }: Scene,
): string {
  return typeof rating === "number" && (count ?? 0) > 0
    ? words.t("stars", { rating: words.rating(rating) })
    : words.t("nobody_rated");
}

/** The fare as money, if there is one. */
export function fareOf(
  params: { fare_amount?: number | null | undefined; currency?: string | null | undefined },
  { words }: Scene,
): string | null {
  return typeof params.fare_amount === "number"
    ? words.money(params.fare_amount, params.currency)
    : null;
}

/** A line about the fare, if there is one. */
export function fareLine(params: Parameters<typeof fareOf>[0], scene: Scene): string | null {
  const fare = fareOf(params, scene);
  return fare === null ? null : scene.words.t("fare", { fare });
}

/** Rides of a day and what they earned, "5 rides · RWF 7,250"; the money only where there is some. */
export function totalOf(
  { rides, earnings, currency }: {
    rides: number;
    earnings: number;
    currency?: string | null | undefined;
  },
  { words }: Scene,
): string {
  const ridesText = words.t("rides", { n: Math.round(rides) });
  if (earnings === 0 && !currency) return ridesText;
  return words.t("rides_money", { rides: ridesText, money: words.money(earnings, currency) });
}

/** A line with the reason that was given, a code or free text, if there is one. */
export function reasonLine(reason: string | null | undefined, { words }: Scene): string | null {
  if (!reason || reason === "other") return null;
  const key = Object.hasOwn(reasonOfCode, reason) ? reasonOfCode[reason] : undefined;
  const text = key === undefined ? tidy(reason, REASON_LENGTH) : words.t(key);
  return text === "" ? null : words.t("reason_given", { reason: text });
}
