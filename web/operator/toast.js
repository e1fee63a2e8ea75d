// @ts-check
import { byId, element } from "./element.js";

const SHOWN_MS = 7_000;

/**
 * Says what came of something, for a while.
 * @param {string} text
 * @param {{ isBad?: boolean }} [options]
 */
export function toast(text, { isBad = false } = {}) {
  const note = element("p", { text, class: isBad ? "bad" : "good" });
  byId("toasts").append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
