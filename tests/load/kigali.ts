import type { Options } from "k6/options";
import { latenciesOf, settings } from "./settings.ts";

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
      // A ride takes a minute: with fewer at hand, k6 drops iterations while it makes more.
      preAllocatedVUs: 2 * settings.users,
      maxVUs: 3 * settings.users,
      gracefulStop: "2m",
    },
    positions: {
      executor: "constant-vus",
      exec: "track",
      vus: settings.gateways,
      duration: settings.duration,
      // Longer than the pause between pings, so that none is cut off.
      gracefulStop: "40s",
    },
  },
  thresholds: {
    ...latenciesOf({
      "find drivers": 200,
      "accept match": 100,
      "open trip": 500,
      "update locations": 2000,
      accept: 500,
      arrive: 500,
      start: 500,
      complete: 500,
      rate: 500,
      "go online": 500,
    }),
    http_req_failed: ["rate==0"],
    ...(settings.short ? {} : { dropped_iterations: ["count==0"] }),
  },
  summaryTrendStats: ["count", "min", "med", "p(95)", "p(99)", "max"],
  userAgent: "mobility-load",
};
