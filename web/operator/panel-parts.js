// @ts-check
import { icon } from "../shared/icon.js";
import { element } from "./element.js";
import { call } from "./sos-view.js";
import { statusWord } from "./words.js";

/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Place} Place */

/**
 * The head of the panel.
 * @param {{ title: string, status: string, age: HTMLElement | null }} head
 */
export function panelHead({ title, status, age }) {
  return element(
    "header",
    { class: "panel-head" },
    element(
      "p",
      { class: `pill ${status}` },
      element("i", { attributes: { "aria-hidden": "true" } }),
      statusWord(status),
      ...age === null ? [] : [" · ", age],
    ),
    element("h2", { text: title, attributes: { id: "panel-title", tabindex: -1 } }),
  );
}

/**
 * The head of a panel that has nothing to show.
 * @param {string} text
 */
export function panelNote(text) {
  return element("h2", { text, class: "note", attributes: { id: "panel-title", tabindex: -1 } });
}

/**
 * Where from, where to.
 * @param {{ pickup: Place, dropoff: Place | null }} way
 * @param {string | null} more
 */
export function wayPart({ pickup, dropoff }, more) {
  return element(
    "dl",
    { class: "way" },
    element("div", {}, element("dt", { text: "From" }), element("dd", { text: placeText(pickup) })),
    element(
      "div",
      {},
      element("dt", { text: "To" }),
      element("dd", { text: dropoff === null ? "Not said" : placeText(dropoff) }),
    ),
    more === null ? null : element("p", { text: more }),
  );
}

/** @param {Place} place */
function placeText({ text, lat, lng }) {
  return text ?? `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
}

/**
 * A person, with the way to call them.
 * @param {Person} person
 * @param {{ role: string, more?: string | null }} options
 */
export function personPart(
  { name, phone, rating, rating_count, total_trips },
  { role, more = null },
) {
  const record = [
    more,
    rating === null ? "no rating yet" : `★ ${rating.toFixed(1)} (${rating_count})`,
    total_trips === 1 ? "1 ride" : `${total_trips} rides`,
  ].filter((part) => part !== null).join(" · ");
  return element(
    "div",
    { class: "person" },
    element("span", { class: "face" }, icon(role === "Driver" ? "wheel" : "person")),
    element(
      "p",
      {},
      element("small", { text: role }),
      element("strong", { text: name ?? "No name" }),
      element("small", { text: record }),
    ),
    call(phone, "Call") ?? element("small", { text: "No number" }),
  );
}

/**
 * A button that does something to a ride.
 * @param {string} text
 * @param {{ focus: string, isGrave?: boolean, isDisabled?: boolean, title?: string, onClick: () => void }} options
 */
export function actionButton(text, { focus, isGrave = false, isDisabled = false, title, onClick }) {
  return element("button", {
    class: isGrave ? "act grave" : "act",
    text,
    attributes: { type: "button", "data-focus": focus, disabled: isDisabled, title },
    on: { click: onClick },
  });
}
