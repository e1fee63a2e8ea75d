import { z } from "zod";

const weight = z.number().min(0).max(100);

/** Points, out of 100, for each part of a score. */
export const weights = z.object({
  rating: weight,
  acceptance: weight,
  completion: weight,
  distance: weight,
  recency: weight,
}).refine(
  (parts) => Math.abs(Object.values(parts).reduce((sum, part) => sum + part, 0) - 100) < 1e-9,
  {
    message: "The weights of a strategy add up to 100",
  },
);

/** Points, out of 100, for each part of a score. */
export type Weights = z.infer<typeof weights>;

/** The strategies a caller may name. */
export const strategyName = z.enum(["balanced", "quality", "proximity", "nearest"]);

/** A strategy's name. */
export type StrategyName = z.infer<typeof strategyName>;

/** Weights by strategy. */
export type Strategies = Readonly<Record<StrategyName, Weights>>;

const defaults: Strategies = {
  balanced: { rating: 40, acceptance: 30, completion: 30, distance: 0, recency: 0 },
  quality: { rating: 50, acceptance: 30, completion: 20, distance: 0, recency: 0 },
  proximity: { rating: 20, acceptance: 20, completion: 10, distance: 30, recency: 20 },
  nearest: { rating: 0, acceptance: 0, completion: 0, distance: 100, recency: 0 },
};

const overrides = z.object({
  balanced: weights.optional(),
  quality: weights.optional(),
  proximity: weights.optional(),
  nearest: weights.optional(),
}).strict();

/**
 * The strategies to use: the documented ones, with those that the configuration replaces.
 * @throws Error naming what is wrong with the configuration
 */
export function createStrategies(configured: unknown): Strategies {
  if (configured === undefined) return defaults;
  const parsed = overrides.safeParse(configured);
  if (!parsed.success) {
    throw new Error(`Cannot use RANKING_STRATEGIES: ${z.prettifyError(parsed.error)}`);
  }
  const replaced = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(replaced) };
}
