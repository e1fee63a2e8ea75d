// @ts-check
import { icon } from "../shared/icon.js";
import { element } from "./element.js";
import { vehicleIcon } from "./list-view.js";

/**
 * A vehicle with somebody's ride: a disc in the colour of its state, and a beak that looks ahead.
 * @param {string} vehicle
 */
export function vehicleSign(vehicle) {
  return element(
    "span",
    { class: "sign" },
    element("span", { class: "beak" }),
    element("span", { class: "disc" }, icon(vehicleIcon(vehicle))),
  );
}

/** Somebody who waits. */
export function passengerSign() {
  return element("span", { class: "sign" }, element("span", { class: "disc" }, icon("person")));
}

/**
 * One end of a way.
 * @param {"pickup" | "dropoff"} kind
 */
export function endSign(kind) {
  return element("span", { class: `way-end ${kind}` }, icon(kind === "pickup" ? "person" : "flag"));
}

/**
 * @param {HTMLElement} node
 * @param {{ status: string, rank: number, heading: number | null }} look
 */
export function updateSign(node, { status, rank, heading }) {
  node.className = `sign ${status} rank-${rank}`;
  const beak = node.querySelector(".beak");
  if (!(beak instanceof HTMLElement)) return;
  beak.hidden = heading === null;
  if (heading !== null) beak.style.transform = `rotate(${heading.toFixed(0)}deg)`;
}
