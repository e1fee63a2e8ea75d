// @ts-check

import { icon } from "../shared/icon.js";

/** The icons that there are for vehicles; a Lifan is a small truck. */
const VEHICLES = { moto: "moto", cab: "cab", lifan: "truck", truck: "truck" };

/**
 * The name of the icon for a type of vehicle.
 * @param {string} type
 * @returns {string}
 */
export function vehicleIcon(type) {
  return new Map(Object.entries(VEHICLES)).get(type) ?? "cab";
}

/**
 * A place on the map: a sign and its name.
 * @param {"pickup" | "dropoff"} kind
 * @returns {{ node: HTMLElement, label: HTMLElement }}
 */
export function placeMarker(kind) {
  const node = span(`pin ${kind}`);
  const label = span("label");
  node.append(icon(kind === "pickup" ? "person" : "flag"), label);
  return { node, label };
}

/**
 * The driver on the map: the vehicle, and a beak that looks ahead.
 * @param {string} vehicle The name of an icon.
 * @returns {{ node: HTMLElement, label: HTMLElement, beak: HTMLElement }}
 */
export function driverMarker(vehicle) {
  const node = span("car");
  const beak = span("beak");
  const disc = span("disc");
  const label = span("label");
  disc.append(icon(vehicle));
  node.append(beak, disc, label);
  return { node, label, beak };
}

/** @param {string} name */
function span(name) {
  const made = document.createElement("span");
  made.className = name;
  return made;
}
