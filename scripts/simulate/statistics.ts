import { z } from "zod";
import type { Random } from "../city/random.ts";

const figure = z.number().nullable();

/** A distribution in a few figures; null where there is nothing to tell of. */
export const distribution = z.object({
  count: z.number().int(),
  mean: figure,
  p5: figure,
  p25: figure,
  p50: figure,
  p75: figure,
  p90: figure,
  p95: figure,
});

/** A distribution in a few figures. */
export type Distribution = z.infer<typeof distribution>;

/** Rounded to hundredths, as more is noise. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number | null => rounded(quantile(sorted, share));
  return {
    count: sorted.length,
    mean: rounded(mean(sorted)),
    p5: at(0.05),
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
  };
}

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A quantile of sorted values, between neighbours where it falls between them; NaN of nothing. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) return NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * How unequal amounts are: 0 when everybody has the same, towards 1 when one has all. NaN of nothing, or
 * where there is nothing to share.
 */
export function gini(amounts: readonly number[]): number {
  const sorted = amounts.toSorted((a, b) => a - b);
  const total = sorted.reduce((sum, amount) => sum + amount, 0);
  if (total === 0) return NaN;
  const weighted = sorted.reduce((sum, amount, index) => sum + (index + 1) * amount, 0);
  return 2 * weighted / (sorted.length * total) - (sorted.length + 1) / sorted.length;
}

/** The Lorenz curve: what share of all the poorest share of people has, from (0, 0) to (1, 1). */
export function lorenz(amounts: readonly number[]): { people: number; share: number }[] {
  const sorted = amounts.toSorted((a, b) => a - b);
  const total = sorted.reduce((sum, amount) => sum + amount, 0);
  let running = 0;
  return [
    { people: 0, share: 0 },
    ...sorted.map((amount, index) => {
      running += amount;
      return {
        people: (index + 1) / sorted.length,
        share: total === 0 ? (index + 1) / sorted.length : running / total,
      };
    }),
  ];
}

/** An estimate and the interval that holds it with 95% confidence. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * A figure of some lists with its bootstrap confidence interval: by percentiles of the same figure of so many
 * lists as long, each drawn from its list with repetition. Nothing is assumed of the distribution.
 */
export function bootstrapLists<T>(
  lists: readonly (readonly T[])[],
  { figure, random, times = 1000 }: {
    readonly figure: (lists: readonly (readonly T[])[]) => number;
    readonly random: Random;
    readonly times?: number;
  },
): Estimate {
  const figures: number[] = [];
  for (let draw = 0; draw < times; draw++) {
    const value = figure(lists.map((list) => drawFrom(list, random)));
    if (!Number.isNaN(value)) figures.push(value);
  }
  figures.sort((a, b) => a - b);
  return { value: figure(lists), low: quantile(figures, 0.025), high: quantile(figures, 0.975) };
}

/** As many items as the list has, with repetition. */
function drawFrom<T>(list: readonly T[], random: Random): T[] {
  return list.flatMap(() => {
    const item = list[Math.floor(random() * list.length)];
    return item === undefined ? [] : [item];
  });
}

/** To hundredths; null for what is no number, which JSON does not know. */
export function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 100) / 100;
}
