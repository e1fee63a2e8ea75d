import type { Candidate } from "./candidate.ts";
import type { Strategies, StrategyName } from "./strategies.ts";

/**
 * What is assumed of somebody of whom nothing is known, and how many events that assumption is worth. A
 * newcomer starts a little below a good regular, and after twenty rides is judged by their own record.
 */
export const priors = {
  rating: { mean: 4.4, events: 10 },
  acceptance: { mean: 0.8, events: 10 },
  completion: { mean: 0.9, events: 10 },
} as const;

/** Extra points for being near, up to a distance in metres. */
export const distanceBonuses = [[2_000, 10], [5_000, 6], [10_000, 3]] as const;
/** Extra points for a recent position, up to an age in seconds. */
export const recencyBonuses = [[300, 5], [900, 3], [1_800, 1]] as const;

const FARTHEST_M = 10_000;
const OLDEST_S = 1_800;

/** The points that add up to a score. */
export interface ScoreParts {
  readonly rating: number;
  readonly acceptance: number;
  readonly completion: number;
  readonly distance: number;
  readonly recency: number;
  readonly distance_bonus: number;
  readonly recency_bonus: number;
}

/** A candidate with the points it got and its place, 1 being the best. */
export type Ranked<C> = C & {
  readonly score: number;
  readonly score_parts: ScoreParts;
  readonly rank: number;
};

/**
 * Orders candidates by score, best first: 0 to 100 points by the strategy's weights, and up to 15 of
 * bonus. Ties go to the nearer, then to the fresher position, then to the smaller id, so that the same
 * input always gives the same order. Returns at most `limit`.
 */
export function rank<C extends Candidate>(
  candidates: readonly C[],
  options: { strategy: StrategyName; strategies: Strategies; limit?: number },
): Ranked<C>[] {
  const weights = options.strategies[options.strategy];
  const scored = candidates.map((candidate) => {
    const parts: ScoreParts = {
      rating: round(weights.rating * (estimate("rating", candidate) - 1) / 4),
      acceptance: round(weights.acceptance * estimate("acceptance", candidate)),
      completion: round(weights.completion * estimate("completion", candidate)),
      distance: round(weights.distance * nearness(candidate.distance_m, FARTHEST_M)),
      recency: round(weights.recency * nearness(candidate.position_age_s, OLDEST_S)),
      distance_bonus: bonus(candidate.distance_m, distanceBonuses),
      recency_bonus: bonus(candidate.position_age_s, recencyBonuses),
    };
    const score = round(Object.values(parts).reduce((sum: number, part: number) => sum + part, 0));
    return { candidate, parts, score };
  });
  scored.sort((a, b) =>
    b.score - a.score ||
    compare(a.candidate.distance_m ?? Infinity, b.candidate.distance_m ?? Infinity) ||
    compare(a.candidate.position_age_s ?? Infinity, b.candidate.position_age_s ?? Infinity) ||
    compare(idOf(a.candidate), idOf(b.candidate))
  );
  return scored.slice(0, options.limit).map(({ candidate, parts, score }, index) => ({
    ...candidate,
    score,
    score_parts: parts,
    rank: index + 1,
  }));
}

/**
 * A person's average drawn towards the prior by how little it rests on (a Bayesian average): with n events
 * of mean m it is (n·m + k·prior) / (n + k).
 */
function estimate(part: keyof typeof priors, candidate: Candidate): number {
  const { mean, events } = priors[part];
  const [value, count] = {
    rating: [candidate.rating, candidate.rating_count],
    acceptance: [candidate.acceptance_rate, candidate.offer_count],
    completion: [candidate.completion_rate, candidate.match_count],
  }[part];
  if (value === null || value === undefined) return mean;
  const n = count ?? candidate.total_trips ?? 0;
  return (n * value + events * mean) / (n + events);
}

/** 1 at zero, falling evenly to 0 at the limit; 0 when unknown. */
function nearness(value: number | null | undefined, limit: number): number {
  return value === null || value === undefined ? 0 : Math.max(0, 1 - value / limit);
}

function bonus(
  value: number | null | undefined,
  steps: readonly (readonly [number, number])[],
): number {
  if (value === null || value === undefined) return 0;
  return steps.find(([limit]) => value <= limit)?.[1] ?? 0;
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function idOf(candidate: Candidate): string {
  return candidate.trip_id ?? candidate.user_id ?? "";
}

/** Thousandths of a point: finer differences are noise, and sums of them are not associative. */
function round(points: number): number {
  return Math.round(points * 1000) / 1000;
}
