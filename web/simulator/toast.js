// @ts-check
import { byId, element } from "./element.js";

const SHOWN_MS = 6_000;

/**
 * Says what went wrong, for a while.
 * @param {string} text
 */
export function toast(text) {
  const note = element("p", { text });
  byId("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
