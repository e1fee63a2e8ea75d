import { z } from "zod";
import { compareSeeds } from "../compare.ts";
import type { RequestRow, Results } from "../results.ts";
import { distributionOf, mean, rounded } from "../statistics.ts";
import { BASELINE, type StudyPolicy } from "./plan-study.ts";
import type { PlayedRun } from "./run-study.ts";

const figure = z.number().nullable();

const policyFigures = z.object({
  name: z.string(),
  /** Options of `deno task simulate`. */
  settings: z.string(),
  seeds: z.number().int(),
  completed_share: figure,
  pickup_m_mean: figure,
  time_to_match_s_mean: figure,
  until_there_s_mean: figure,
  until_there_s_p95: figure,
  idle_gini: figure,
  earnings_gini: figure,
  /** Offers for each ride that was completed. */
  offers_per_ride: figure,
  /** Searches that the cache answered; null of results that do not say. */
  cached_share: figure,
});

/** What a study came to, as `--json` writes it. */
export const qualityReport = z.object({
  name: z.literal("quality"),
  date: z.string(),
  machine: z.string(),
  /** The commits that the runs were made with. */
  code: z.array(z.string()),
  demands: z.array(z.object({
    name: z.string(),
    scale: z.number(),
    seeds: z.number().int(),
    /** Of one seed. */
    requests: z.number().int(),
    policies: z.array(policyFigures),
    /** How much larger a measure of a policy is than the baseline's, with the interval of 95%. */
    against: z.array(z.object({
      policy: z.string(),
      baseline: z.string(),
      measure: z.string(),
      difference: z.number(),
      low: figure,
      high: figure,
    })),
  })),
});

/** What a study came to. */
export type QualityReport = z.infer<typeof qualityReport>;
type Demand = QualityReport["demands"][number];

/** Sums up a study: the figures of each policy, and how far each is from the baseline on the same requests. */
export function qualityOf(runs: readonly PlayedRun[]): QualityReport {
  const [first] = runs;
  if (first === undefined) {
    throw new Error("Cannot compare: nothing was played yet, run it without --played");
  }
  const { measured } = first.result;
  return {
    name: "quality",
    date: measured.started_at,
    machine: measured.machine,
    code: [...new Set(runs.map(({ result }) => result.measured.code))],
    demands: [...Map.groupBy(runs, ({ demand }) => demand).values()].map(demandOf),
  };
}

function demandOf(runs: readonly PlayedRun[]): Demand {
  const byPolicy = [...Map.groupBy(runs, ({ policy }) => policy.key).values()];
  const baselines = new Map(
    runs.filter(({ policy }) => policy.key === BASELINE.key).map((
      { seed, result },
    ) => [seed, result]),
  );
  const [known] = baselines.values();
  return {
    name: known?.options.city ?? "",
    scale: known?.options.scale ?? 1,
    seeds: baselines.size,
    requests: known?.summary.requests ?? 0,
    policies: byPolicy.map(figuresOf),
    against: byPolicy.flatMap((own) => againstBaseline(own, baselines)),
  };
}

function figuresOf(runs: readonly PlayedRun[]): Demand["policies"][number] {
  const results = runs.map(({ result }) => result);
  const requests = results.flatMap((result) => result.requests);
  const known = (of: (row: RequestRow) => number | null): number[] =>
    requests.map(of).filter((value) => value !== null);
  const completed = requests.filter(({ outcome }) => outcome === "completed").length;
  const offers = requests.reduce((sum, row) => sum + row.offers, 0);
  const wait = distributionOf(known((row) => row.wait_s));
  const ofSummary = (of: (summary: Results["summary"]) => number | null): number =>
    mean(results.map(({ summary }) => of(summary)).filter((value) => value !== null));
  const { name, settings }: StudyPolicy = runs[0]?.policy ?? BASELINE;
  const searches = results.flatMap((result) => result.searches ?? []);
  const sum = (of: (row: (typeof searches)[number]) => number): number =>
    searches.reduce((total, row) => total + of(row), 0);
  return {
    name,
    settings,
    seeds: runs.length,
    completed_share: fine(completed / requests.length),
    pickup_m_mean: rounded(mean(known((row) => row.pickup_distance_m))),
    time_to_match_s_mean: rounded(mean(known((row) => row.time_to_match_s))),
    until_there_s_mean: wait.mean,
    until_there_s_p95: wait.p95,
    idle_gini: fine(ofSummary((summary) => summary.idle_gini)),
    earnings_gini: fine(ofSummary((summary) => summary.earnings_gini)),
    offers_per_ride: rounded(offers / completed),
    cached_share: fine(sum(({ cached }) => cached) / sum(({ all }) => all)),
  };
}

function againstBaseline(
  own: readonly PlayedRun[],
  baselines: ReadonlyMap<number, Results>,
): Demand["against"] {
  const policy = own[0]?.policy ?? BASELINE;
  if (policy.key === BASELINE.key) return [];
  const pairs = own.flatMap(({ seed, result }) => {
    const baseline = baselines.get(seed);
    return baseline === undefined ? [] : [[baseline, result] as const];
  });
  return compareSeeds(pairs).filter(({ difference }) => Number.isFinite(difference.value)).map(
    ({ measure, difference: { value, low, high } }) => ({
      policy: policy.name,
      baseline: BASELINE.name,
      measure,
      difference: fine(value) ?? 0,
      low: fine(low),
      high: fine(high),
    }),
  );
}

/** Shares and coefficients need more digits than seconds do; null for what is no number. */
function fine(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 10_000) / 10_000 : null;
}
