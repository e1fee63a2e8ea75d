import { Rate, Trend } from "k6/metrics";
import type { Answer } from "./api.ts";

const hits = new Rate("search_cached");
const cachedMs = new Trend("search_cached_ms", true);
const uncachedMs = new Trend("search_uncached_ms", true);

/** Counts a search by whether it came from the cache. */
export function countSearch(answer: Answer): void {
  if (answer.status !== 200) return;
  const cached = answer.json("cached") === true;
  hits.add(cached);
  (cached ? cachedMs : uncachedMs).add(answer.timings.duration);
}
