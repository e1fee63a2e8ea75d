import type { Options, Scenario } from "k6/options";

/** What `deno task load` tells the scripts. */
export const settings = {
  functionsUrl: variable("FUNCTIONS_URL"),
  secretKey: variable("SECRET_KEY"),
  appSecret: variable("WHATSAPP_APP_SECRET"),
  /** A JSON file: [{trip_id, lat, lng}] of the drivers who are online. */
  driversFile: variable("DRIVERS_FILE"),
  /** A JSON file: [{pickup, dropoff}] of the rides that people ask for, in order. */
  waysFile: variable("WAYS_FILE"),
  /** How many of the users are gateways that pass positions on. */
  gateways: Math.max(1, Number(__ENV.GATEWAYS ?? "1")),
  /** Of people's pauses: 1 as they are, less for a short look. */
  pace: Number(__ENV.PACE ?? "1"),
  users: Number(__ENV.USERS ?? "1000"),
  duration: __ENV.DURATION ?? "2m",
  rampUp: __ENV.RAMP_UP ?? "30s",
  /** A short look holds to what is right, and only shows how fast. */
  short: __ENV.SHORT === "1",
};

/** The promise: 95 of 100 answers within half a second, less than one of 10,000 failed. */
const thresholds: Record<string, string[]> = settings.short
  ? { http_req_failed: ["rate==0"], checks: ["rate==1"] }
  : {
    http_req_duration: ["p(95)<500"],
    http_req_failed: ["rate<0.0001"],
    checks: ["rate>0.9999"],
  };

/** The longest p95 of a call in milliseconds, as thresholds. k6 tells calls apart only where it has one. */
export function latenciesOf(p95Ms: Readonly<Record<string, number>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(p95Ms).map(([call, ms]) => [
      `http_req_duration{call:${call}}`,
      [settings.short ? "max>=0" : `p(95)<${ms}`],
    ]),
  );
}

/** A share of the users, who come one after the other and stay. */
export function usersOf(share: number, exec?: string): Scenario {
  return {
    executor: "ramping-vus",
    startVUs: 0,
    stages: [
      { duration: settings.rampUp, target: Math.max(1, Math.round(settings.users * share)) },
      { duration: settings.duration, target: Math.max(1, Math.round(settings.users * share)) },
    ],
    gracefulRampDown: "0s",
    gracefulStop: "30s",
    ...(exec === undefined ? {} : { exec }),
  };
}

/** The options of a script: its scenarios, and the thresholds of each kind of call. */
export function optionsOf(
  scenarios: Record<string, Scenario>,
  calls: readonly string[],
): Options {
  return {
    scenarios,
    thresholds: {
      ...thresholds,
      ...latenciesOf(Object.fromEntries(calls.map((call) => [call, 500]))),
    },
    summaryTrendStats: ["count", "min", "med", "p(95)", "p(99)", "max"],
    // Keys and answers belong to one run on loopback.
    noVUConnectionReuse: false,
    userAgent: "mobility-load",
  };
}

function variable(name: string): string {
  const value = __ENV[name];
  if (value === undefined || value === "") {
    throw new Error(`Cannot start without ${name}. Run: deno task load`);
  }
  return value;
}
