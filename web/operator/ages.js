// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { write } from "./element.js";

/** By how much the server's clock is ahead of this machine's, in milliseconds. */
let aheadMs = 0;
let timeZone = "Africa/Kigali";

/** Sets the clock by the server's. @param {string} now ISO 8601 */
export function setClock(now) {
  aheadMs = Date.parse(now) - Date.now();
}

/** Tells times by the clock of the service area. @param {string} zone */
export function setTimeZone(zone) {
  timeZone = zone;
}

/** The server's time, in milliseconds. */
export function serverNow() {
  return Date.now() + aheadMs;
}

/**
 * How long something takes or took: "12 s", "7 min", "1 h 05".
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(hours / 24)} days`;
}

/**
 * The time of day where the service runs.
 * @param {string | number} at ISO 8601, or milliseconds
 * @returns {string}
 */
export function clock(at) {
  return new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" }).format(new Date(at));
}

/**
 * Keeps a text in an element that says how long ago something was, or how long there is left.
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {{ since?: string | number, until?: string | number, say?: "for" | "ago" | "left" }} options
 * @returns {Node}
 */
export function showAge(node, { since, until, say = "for" }) {
  node.dataset["at"] = String(
    typeof (since ?? until) === "string" ? Date.parse(String(since ?? until)) : since ?? until,
  );
  node.dataset["say"] = say;
  tick(node);
  return node;
}

/** Brings every age on the page up to date. */
export function tickAges() {
  for (const node of document.querySelectorAll("[data-at]")) {
    if (node instanceof HTMLElement) tick(node);
  }
}

/** @param {HTMLElement} node */
function tick(node) {
  const { at, say } = node.dataset;
  const seconds = (serverNow() - Number(at)) / 1000;
  write(
    node,
    say === "left"
      ? seconds < 0 ? `${duration(-seconds)} left` : "time is over"
      : say === "ago"
      ? `${duration(seconds)} ago`
      : duration(seconds),
  );
}
