// @ts-check
import { clock, duration, serverNow } from "./ages.js";
import { byId, write } from "./element.js";
import { problemText } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./live.js").Live} Live */

/**
 * The bar on top: how it goes in numbers, who looks, and whether this is the truth.
 * @param {Store} store
 * @param {Live} live
 */
export function showHeader({ overview, city }, live) {
  const state = byId("connection");
  const isLost = live.problem !== null;
  write(byId("connection-text"), isLost ? "Not live" : live.isLive ? "Live" : "Every 10 s");
  byId("stale").hidden = !isLost || overview === null;
  if (isLost && overview !== null) {
    const why = live.problem === "UNREACHABLE" ? "No connection." : problemText(live.problem ?? "");
    write(byId("stale"), `${why} This is how it was at ${clock(overview.now)}; trying again…`);
  }
  state.dataset["state"] = isLost ? "lost" : live.isLive ? "live" : "polling";
  write(byId("clock"), city === null ? "" : clock(serverNow()));
  if (overview === null) return;
  const { counts } = overview;
  write(byId("who"), overview.operator);
  const riding = Object.values(counts.rides).reduce((sum, count) => sum + count, 0);
  const free = Object.values(counts.available).reduce((sum, count) => sum + count, 0);
  write(byId("count-waiting"), String(counts.waiting));
  write(
    byId("count-oldest"),
    counts.oldest_wait_s === null ? "" : `longest ${duration(counts.oldest_wait_s)}`,
  );
  write(byId("count-searches"), String(counts.dispatches));
  write(byId("count-rides"), String(riding));
  write(byId("count-free"), String(free));
  byId("count-free").closest("div")?.setAttribute(
    "title",
    Object.entries(counts.available).map(([type, count]) => `${count} ${type}`).join(", "),
  );
  write(byId("count-dead"), String(counts.dead_letters));
  byId("letters-button").classList.toggle("some", counts.dead_letters > 0);
}
