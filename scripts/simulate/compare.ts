import { createRandom, type Random } from "../city/random.ts";
import { alignRows } from "../city/align-rows.ts";
import {
  DRIVER_FIGURES,
  type DriverFigure,
  type FigureKind,
  innerHalf,
  REQUEST_FIGURES,
  type RequestFigure,
} from "./compared-figures.ts";
import { formatPercent, formatWhole } from "./format-figures.ts";
import type { DriverRow, RequestRow, Results } from "./results.ts";
import { bootstrapLists, type Estimate, mean } from "./statistics.ts";
import { regularDrivers } from "./summarise.ts";

/** A figure of two results, and how much larger it is in the second. */
export interface ComparedFigure extends FigureKind {
  readonly a: number;
  readonly b: number;
  readonly difference: Estimate;
  /** What it is estimated from: so many pairs of the same request, or drivers. */
  readonly pairs: number;
}

/** Two results and their figures side by side. */
export interface Comparison {
  readonly a: Results;
  readonly b: Results;
  readonly figures: readonly ComparedFigure[];
}

type Pair<T> = readonly [a: T, b: T];

interface RequestPair {
  readonly rows: Pair<RequestRow>;
  readonly isInner: boolean;
  /** Pairs of one cluster are drawn together. */
  readonly cluster: string;
}

/** Requests of so many seconds meet the same drivers: they are drawn together. */
const CLUSTER_S = 900;

/**
 * Compares two results of the same wishes, request by request and driver by driver.
 * @throws {Error} when they are of other wishes
 */
export function compare(a: Results, b: Results): Comparison {
  const pairs = requestPairs([a, b], (row) => String(row.index));
  return { a, b, figures: figuresOf(pairs, [driverPairs([a, b])]) };
}

/**
 * Compares pairs of results, one of each seed, as one. Intervals are of samples of the seeds' quarters of an hour,
 * and for drivers of the drivers of each seed.
 * @throws {Error} when two of a pair are of other wishes
 */
export function compareSeeds(results: readonly Pair<Results>[]): ComparedFigure[] {
  return figuresOf(
    results.flatMap((pair, seed) =>
      requestPairs(pair, (row) => `${seed}/${Math.floor(row.at_s / CLUSTER_S)}`)
    ),
    results.map(driverPairs),
  );
}

function figuresOf(
  requests: readonly RequestPair[],
  drivers: readonly (readonly Pair<DriverRow>[])[],
): ComparedFigure[] {
  const random = createRandom(1);
  return [
    ...REQUEST_FIGURES.map((figure) => compareRequests(requests, { figure, random })),
    ...DRIVER_FIGURES.map((figure) => compareDrivers(drivers, { figure, random })),
  ];
}

function compareRequests(
  all: readonly RequestPair[],
  { figure: { of, half, statistic = mean, ...kind }, random }: {
    figure: RequestFigure;
    random: Random;
  },
): ComparedFigure {
  // Of those who have it in both: a policy that serves more from afar is not worse for it.
  const known = all.flatMap(({ rows: [a, b], isInner, cluster }) => {
    const values = [of(a), of(b)] as const;
    const isMeant = half === undefined || isInner === (half === "inner");
    return isMeant && values[0] !== null && values[1] !== null
      ? [{ values: [values[0], values[1]] as const, cluster }]
      : [];
  });
  const clusters = [...Map.groupBy(known, ({ cluster }) => cluster).values()];
  const side = (drawn: readonly (typeof known)[], which: 0 | 1): number =>
    statistic(drawn.flatMap((pairs) => pairs.map(({ values }) => values[which])));
  return {
    ...kind,
    a: side(clusters, 0),
    b: side(clusters, 1),
    pairs: known.length,
    difference: bootstrapLists([clusters], {
      figure: ([drawn = []]) => side(drawn, 1) - side(drawn, 0),
      random,
    }),
  };
}

function compareDrivers(
  seeds: readonly (readonly Pair<DriverRow>[])[],
  { figure: { of, ...kind }, random }: { figure: DriverFigure; random: Random },
): ComparedFigure {
  const side = (drawn: typeof seeds, which: 0 | 1): number =>
    mean(drawn.map((pairs) => of(pairs.map((pair) => pair[which]))));
  return {
    ...kind,
    a: side(seeds, 0),
    b: side(seeds, 1),
    pairs: seeds.reduce((sum, pairs) => sum + pairs.length, 0),
    difference: bootstrapLists(seeds, {
      figure: (drawn) => side(drawn, 1) - side(drawn, 0),
      random,
    }),
  };
}

function requestPairs(
  [a, b]: Pair<Results>,
  clusterOf: (row: RequestRow) => string,
): RequestPair[] {
  if (a.demand !== b.demand) {
    throw new Error(
      `Cannot compare "${a.name}" and "${b.name}": they are of other requests (${a.demand}, ${b.demand}). ` +
        "Run both with the same --seed, --scale, --date, --from, --hours and --pickups",
    );
  }
  const isInner = innerHalf(a.requests);
  return pairsOf(a.requests, b.requests).map((rows) => ({
    rows,
    isInner: isInner(rows[0]),
    cluster: clusterOf(rows[0]),
  }));
}

function driverPairs([a, b]: Pair<Results>): Pair<DriverRow>[] {
  return pairsOf(regularDrivers(a.drivers), regularDrivers(b.drivers));
}

/** Whether the second is better, as far as can be told with 95% confidence. */
export function verdictOf(
  { difference: { low, high }, lessIsBetter }: ComparedFigure,
): "better" | "worse" | "open" {
  if (lessIsBetter === undefined || !(low > 0 || high < 0)) return "open";
  return (high < 0) === lessIsBetter ? "better" : "worse";
}

/** A value in words. */
export function formatValue(
  value: number,
  { unit, withSign = false }: { unit: ComparedFigure["unit"]; withSign?: boolean },
): string {
  const sign = withSign && value > 0 ? "+" : "";
  switch (unit) {
    case "share":
      return `${sign}${formatPercent(value, 2)}`;
    case "gini":
      return `${sign}${formatWhole(value, 3)}`;
    case "count":
      return `${sign}${formatWhole(value, 2)}`;
    case "s":
    case "m":
      return `${sign}${formatWhole(value, 1)} ${unit}`;
    case "money":
      return `${sign}${formatWhole(value, 1)}`;
  }
}

/** A comparison as lines of text. */
export function formatComparison({ a, b, figures }: Comparison): string[] {
  return [
    `A ${a.name} (${a.options.strategy})   B ${b.name} (${b.options.strategy})`,
    "",
    ...formatFigures(figures),
  ];
}

/** Compared figures as a table of text. */
export function formatFigures(figures: readonly ComparedFigure[]): string[] {
  return alignRows([
    ["", "A", "B", "B - A", "95% interval", "pairs", "B is"],
    ...figures.map((figure) => {
      const { unit, difference, pairs } = figure;
      const of = (value: number): string => formatValue(value, { unit, withSign: true });
      return [
        figure.name,
        formatValue(figure.a, { unit }),
        formatValue(figure.b, { unit }),
        of(difference.value),
        `${of(difference.low)} to ${of(difference.high)}`,
        String(pairs),
        verdictOf(figure),
      ];
    }),
  ]);
}

function pairsOf<T extends { readonly index: number }>(
  a: readonly T[],
  b: readonly T[],
): Pair<T>[] {
  const others = new Map(b.map((row) => [row.index, row]));
  return a.flatMap((row) => {
    const other = others.get(row.index);
    return other === undefined ? [] : [[row, other] as const];
  });
}
