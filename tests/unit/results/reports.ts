/** What every report of these tests says of itself. */
export const SOURCE = {
  date: "2026-11-23T20:38:50.985Z",
  machine: "2 cores, 24 GiB",
  commit: "0123456789ab",
};

/** A report of scripts/bench. */
export const BENCH_REPORT = {
  ...SOURCE,
  name: "search",
  args: ["--rounds", "2"],
  results: [
    { case: "truck, rpc", median: 100, min: 90, max: 110, unit: "searches/s", rounds: [90, 110] },
  ],
  ratios: {
    "moto: times faster": { median: 80, min: 70, max: 85 },
    "van: times faster": { median: 60, min: 60, max: 60 },
    "truck: times faster": { median: 12, min: 11, max: 14 },
    "a share": 0.5,
    "never reached": null,
  },
};

/** A report of scripts/load/load.ts. */
export const LOAD_REPORT = {
  ...SOURCE,
  script: "kigali",
  drivers: 26000,
  kept: true,
  calls: [
    { call: "find drivers", count: 10, medMs: 9, p95Ms: 20, p99Ms: 31, maxMs: 45 },
    { call: "accept match", count: 10, medMs: 9, p95Ms: 120, p99Ms: 131, maxMs: 145 },
    { call: "never called", count: 0, medMs: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 },
  ],
  requests: 20,
  requestsPerS: 2,
  failed: 0,
  users: 3,
  searches: { hitRate: 0.164, cachedMs: 4, uncachedMs: 16 },
  double_bookings: 0,
};

/** A report of scripts/faults. */
export const FAULTS_REPORT = {
  ...SOURCE,
  name: "faults",
  seed: 1,
  minutes: 6,
  faults: [
    {
      name: "Redis slow",
      seconds: 5,
      requests: 40,
      answeredShare: 0.975,
      p95Ms: 321.4,
      recoveredAfterS: 0,
      violations: 0,
    },
  ],
  life: { "rides by app: completed": 3 },
  checks: { "looks at the invariants": 400, "chat messages answered": 109 },
  violations: [{ rule: "no ride is stuck", what: "m1", atS: 7, during: "settling", around: [] }],
};

/** A report of scripts/fuzz. */
export const FUZZ_REPORT = {
  ...SOURCE,
  name: "fuzz",
  args: [],
  seconds: 15,
  seed: 1,
  statuses: { "200": 90, "404": 9, "500": 1 },
  as_described: true,
  refused_again: 9,
  changed_tables: ["trips"],
};

const FIGURES = {
  completed_share: 0.9,
  pickup_m_mean: 410.5,
  time_to_match_s_mean: 9,
  until_there_s_mean: 100,
  until_there_s_p95: 200,
  idle_gini: 0.3,
  earnings_gini: null,
  offers_per_ride: 1.2,
  cached_share: null,
};

/** What a study of dispatch writes. */
export const QUALITY_REPORT = {
  name: "quality",
  date: SOURCE.date,
  machine: SOURCE.machine,
  code: ["0123456789ab", "ba9876543210 with changes"],
  demands: [{
    name: "Kigali",
    scale: 0.03,
    seeds: 3,
    requests: 900,
    policies: [
      { name: "nearest, one at a time", settings: "--strategy nearest", seeds: 3, ...FIGURES },
      { name: "together every 5 s", settings: "--window-s 5", seeds: 3, ...FIGURES },
      { name: "together every 2 s", settings: "--window-s 2", seeds: 1, ...FIGURES },
    ],
    against: [
      difference("together every 5 s", { difference: -31, low: -40, high: -22 }),
      difference("together every 2 s", { difference: -3, low: -9, high: 4 }),
    ],
  }],
};

function difference(
  policy: string,
  found: { readonly difference: number; readonly low: number; readonly high: number },
): Record<string, unknown> {
  return { policy, baseline: "nearest, one at a time", measure: "pickup_m_mean", ...found };
}
