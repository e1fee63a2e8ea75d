// @ts-check
import { clock } from "./ages.js";
import { element } from "./element.js";
import { describeEntry } from "./words.js";

/** @typedef {import("./types.js").TimelineEntry} TimelineEntry */

/**
 * What happened, the first on top.
 * @param {readonly TimelineEntry[]} entries
 * @param {{ withMessages: boolean, matchId: string }} options
 * @returns {HTMLElement}
 */
export function timeline(entries, { withMessages, matchId }) {
  const shown = entries.filter(({ kind }) => withMessages || kind !== "message");
  return element(
    "ol",
    { class: "timeline" },
    ...shown.map((entry) => {
      const { title, detail, tone } = describeEntry(entry);
      const isBefore = entry.match_id !== undefined && entry.match_id !== matchId;
      return element(
        "li",
        { class: `${tone}${isBefore ? " before" : ""}` },
        element("time", { text: clock(entry.at), attributes: { datetime: entry.at } }),
        element("span", { class: "title", text: title }),
        detail === null ? null : element("span", { class: "detail", text: detail }),
      );
    }),
  );
}
