// @ts-check
import { svg } from "./element.js";

/** Outlines on a square of 24. */
const PATHS = {
  add: "M12 5v14M5 12h14",
  alert: "M12 8v5m0 3h.01M12 3 2.5 20h19z",
  back: "M15 5l-7 7 7 7",
  card: "M4 20c1-5 4-7 8-7s7 2 8 7M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8",
  check: "M4 12l5 5L20 6",
  close: "M6 6l12 12M18 6L6 18",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5m11-5v5h-5",
  link: "M9 15L20 4m0 0h-6m6 0v6M18 14v6H4V6h6",
  list: "M4 7h.01M4 12h.01M4 17h.01M9 7h11M9 12h11M9 17h11",
  pin:
    "M12 21s-7-6-7-11.5a7 7 0 0 1 14 0C19 15 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  remove: "M5 12h14",
  reply: "M10 6L4 12l6 6M4 12h9c4 0 7 2 7 7",
  send: "M4 12L21 4l-6 17-3-7z",
};

/**
 * A small picture beside a word; it says nothing to a screen reader.
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  return svg(
    "svg",
    { class: "icon", attributes: { viewBox: "0 0 24 24", "aria-hidden": "true" } },
    svg("path", { attributes: { d: PATHS[name] } }),
  );
}

/**
 * One tick, two ticks, or two blue ones.
 * @param {"sent" | "delivered" | "read"} how
 * @returns {SVGSVGElement}
 */
export function ticks(how) {
  const second = how === "sent" ? [] : [svg("path", { attributes: { d: "M8.5 6.5l3.5 4L19 3" } })];
  return svg(
    "svg",
    { class: `ticks ${how}`, attributes: { viewBox: "0 0 20 13", "aria-hidden": "true" } },
    svg("path", { attributes: { d: "M1.5 6.5l4 4 7-7.5" } }),
    ...second,
  );
}
