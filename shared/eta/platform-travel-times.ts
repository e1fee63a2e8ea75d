import type { Platform } from "../platform/mod.ts";
import { greatCircle } from "./great-circle.ts";
import { osrm } from "./osrm.ts";
import type { TravelTimes } from "./travel-times.ts";

/**
 * The travel times that the configuration asks for: an OSRM server's, and the great circle's where there is
 * none or it fails. Never throws; counts what it took them from.
 */
export function travelTimesOf(
  platform: Platform,
  options: { fetch?: typeof fetch } = {},
): TravelTimes {
  const { config, metrics } = platform;
  const server = config.osrm && osrm({ ...config.osrm, ...options });
  return {
    async seconds(ways): Promise<number[]> {
      if (ways.others.length === 0) return [];
      const count = (source: string): void =>
        metrics.count("mobility_eta_requests_total", { source });
      if (server === undefined) {
        count("great_circle");
        return await greatCircle.seconds(ways);
      }
      try {
        const seconds = await server.seconds(ways);
        count("osrm");
        return seconds;
      } catch (error) {
        count("fallback");
        platform.logger.log("warn", "osrm_failed", {
          reason: error instanceof Error ? error.name : "unknown",
        });
        return await greatCircle.seconds(ways);
      }
    },
  };
}
