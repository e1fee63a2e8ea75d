import { z } from "zod";
import { type Platform, renderMetrics } from "../platform/mod.ts";
import { callBriefly } from "./brief-call.ts";
import { readGauges } from "./read-gauges.ts";
import { renderGauges, single } from "./render-gauges.ts";

/** A database that is only slow is up: it has longer for this than for the gauges. Scrapers wait for 10 s. */
const UP_PATIENCE_MS = 5_000;

/**
 * All there is to say, in the Prometheus text format: what the functions counted in Redis, what the database
 * measures, and which of the two answered. Undefined when neither did.
 */
export async function renderPage(platform: Platform): Promise<string | undefined> {
  const { cache } = platform;
  const [counted, gauges, pong] = await Promise.all([
    renderMetrics(cache),
    readGauges(platform),
    callBriefly(platform, {
      rpc: "ping",
      answer: z.object({ now: z.string() }),
      patienceMs: UP_PATIENCE_MS,
    }),
  ]);
  const isUp = pong !== undefined || Object.keys(gauges).length > 0;
  if (counted === undefined && !isUp) return undefined;
  return (counted ?? "") + renderGauges({
    ...gauges,
    // Without a Redis there is none that could be down.
    ...(cache.enabled ? single("mobility_cache_up", counted === undefined ? 0 : 1) : {}),
    ...single("mobility_database_up", isUp ? 1 : 0),
  });
}
