import type { Options } from "k6/options";
import { settings } from "./settings.ts";

export { fullRide } from "./full-ride.ts";
export { track } from "./tracking.ts";

/** Ride requests a second: four times the mean of 350,000 a day. */
const REQUESTS_PER_S = 16;

/**
 * All of Kigali: every moto's phone pings each 30 s, 16 people a second ask for a ride, whether or not those before
 * them were answered.
 */
export const options: Options = {
  scenarios: {
    rides: {
      executor: "constant-arrival-rate",
      exec: "fullRide",
      rate: REQUESTS_PER_S,
      timeUnit: "1s",
      duration: settings.duration,
      preAllocatedVUs: settings.users,
      maxVUs: 3 * settings.users,
      gracefulStop: "2m",
    },
    positions: {
      executor: "constant-vus",
      exec: "track",
      vus: settings.gateways,
      duration: settings.duration,
      gracefulStop: "5s",
    },
  },
  thresholds: {
    "http_req_duration{call:find drivers}": ["p(95)<200"],
    "http_req_duration{call:accept match}": ["p(95)<100"],
    "http_req_duration{call:open trip}": ["p(95)<500"],
    "http_req_duration{call:update locations}": ["p(95)<2000"],
    ...Object.fromEntries(
      ["accept", "arrive", "start", "complete", "rate", "go online"].map((call) => [
        `http_req_duration{call:${call}}`,
        ["p(95)<500"],
      ]),
    ),
    http_req_failed: ["rate==0"],
    dropped_iterations: ["count==0"],
  },
  summaryTrendStats: ["count", "min", "med", "p(95)", "p(99)", "max"],
  userAgent: "mobility-load",
};
