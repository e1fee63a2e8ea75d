import { distanceM } from "../../shared/geo/mod.ts";
import { createRandom } from "../city/random.ts";
import { alignRows } from "../city/align-rows.ts";
import { formatPercent, formatWhole } from "./format-figures.ts";
import type { DriverRow, RequestRow, Results } from "./results.ts";
import { bootstrap, type Estimate, gini, mean, quantile } from "./statistics.ts";
import { earnedPerHour, idleShare, regularDrivers } from "./summarise.ts";

/** A figure of two results, and how much larger it is in the second. */
export interface ComparedFigure {
  readonly name: string;
  /** How to read it: seconds, metres, shares of 1, counts, money. */
  readonly unit: "s" | "m" | "share" | "count" | "money" | "gini";
  readonly a: number;
  readonly b: number;
  readonly difference: Estimate;
  /** What it is estimated from: so many pairs of the same request, or drivers. */
  readonly pairs: number;
  /** Whether less is better; undefined where it is for the reader to say. */
  readonly lessIsBetter: boolean | undefined;
}

/** Two results and their figures side by side. */
export interface Comparison {
  readonly a: Results;
  readonly b: Results;
  readonly figures: readonly ComparedFigure[];
}

type Pair<T> = readonly [a: T, b: T];
type Known = (row: RequestRow) => number | null;

interface RequestFigure extends Pick<ComparedFigure, "name" | "unit" | "lessIsBetter"> {
  readonly of: Known;
}

const REQUEST_FIGURES: readonly RequestFigure[] = [
  { name: "matched", unit: "share", lessIsBetter: false, of: (row) => Number(row.matches > 0) },
  {
    name: "completed",
    unit: "share",
    lessIsBetter: false,
    of: (row) => Number(row.outcome === "completed"),
  },
  {
    name: "cancelled after a match",
    unit: "share",
    lessIsBetter: true,
    of: (row) => Number(row.matches > 0 && row.outcome !== "completed"),
  },
  { name: "time to match", unit: "s", lessIsBetter: true, of: (row) => row.time_to_match_s },
  { name: "wait for the driver", unit: "s", lessIsBetter: true, of: (row) => row.wait_s },
  { name: "pickup distance", unit: "m", lessIsBetter: true, of: (row) => row.pickup_distance_m },
  { name: "ETA error", unit: "s", lessIsBetter: undefined, of: (row) => row.eta_error_s },
  {
    name: "ETA error, without its sign",
    unit: "s",
    lessIsBetter: true,
    of: (row) => row.eta_error_s === null ? null : Math.abs(row.eta_error_s),
  },
  { name: "offers a request", unit: "count", lessIsBetter: true, of: (row) => row.offers },
];

/**
 * Compares two results of the same wishes, request by request and driver by driver.
 * @throws {Error} when they are of other wishes
 */
export function compare(a: Results, b: Results): Comparison {
  if (a.demand !== b.demand) {
    throw new Error(
      `Cannot compare "${a.name}" and "${b.name}": they are of other requests (${a.demand}, ${b.demand}). ` +
        "Run both with the same --seed, --scale, --date, --from, --hours and --pickups",
    );
  }
  const requests = pairsOf(a.requests, b.requests);
  const isInner = innerHalf(a.requests);
  const present = pairsOf(regularDrivers(a.drivers), regularDrivers(b.drivers));
  const random = createRandom(1);
  const compared = <T>(
    pairs: readonly Pair<T>[],
    { of, ...figure }: Pick<ComparedFigure, "name" | "unit" | "lessIsBetter"> & {
      readonly of: (rows: readonly T[]) => number;
    },
  ): ComparedFigure => {
    const side = (items: readonly Pair<T>[], which: 0 | 1): number =>
      of(items.map((pair) => pair[which]));
    return {
      ...figure,
      a: side(pairs, 0),
      b: side(pairs, 1),
      pairs: pairs.length,
      difference: bootstrap(pairs, {
        figure: (drawn) => side(drawn, 1) - side(drawn, 0),
        random,
      }),
    };
  };
  return {
    a,
    b,
    figures: [
      ...[
        ...REQUEST_FIGURES,
        ...[true, false].map((wanted): RequestFigure => ({
          name: `wait, ${wanted ? "inner" : "outer"} half of the city`,
          unit: "s",
          lessIsBetter: true,
          of: (row) => isInner(row) === wanted ? row.wait_s : null,
        })),
      ].map(({ of, ...figure }) =>
        // Of those who have it in both: a policy that serves more from afar is not worse for it.
        compared(requests.filter(([one, other]) => of(one) !== null && of(other) !== null), {
          ...figure,
          of: (rows) => mean(rows.map(of).filter((value) => value !== null)),
        })
      ),
      ...DRIVER_FIGURES.map((figure) => compared(present, figure)),
    ],
  };
}

const DRIVER_FIGURES: readonly (Pick<ComparedFigure, "name" | "unit" | "lessIsBetter"> & {
  readonly of: (rows: readonly DriverRow[]) => number;
})[] = [
  {
    name: "earned in an hour online",
    unit: "money",
    lessIsBetter: false,
    of: (rows) => mean(rows.map(earnedPerHour)),
  },
  {
    name: "earned by the quarter who earn least",
    unit: "money",
    lessIsBetter: false,
    of: (rows) => {
      const earned = rows.map(earnedPerHour).sort((one, other) => one - other);
      return mean(earned.slice(0, Math.ceil(earned.length / 4)));
    },
  },
  {
    name: "Gini of earnings an hour",
    unit: "gini",
    lessIsBetter: true,
    of: (rows) => gini(rows.map(earnedPerHour)),
  },
  {
    name: "idle share of the time online",
    unit: "share",
    lessIsBetter: true,
    of: (rows) => mean(rows.map(idleShare)),
  },
  {
    name: "Gini of the idle share",
    unit: "gini",
    lessIsBetter: true,
    of: (rows) => gini(rows.map(idleShare)),
  },
];

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
    ...alignRows([
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
    ]),
  ];
}

/** Tells requests from around the middle of all pickups from those farther out, half and half. */
function innerHalf(requests: readonly RequestRow[]): (row: RequestRow) => boolean {
  const middleOf = (of: (row: RequestRow) => number): number =>
    quantile(requests.map(of).sort((one, other) => one - other), 0.5);
  const middle = {
    lat: middleOf(({ pickup }) => pickup.lat),
    lng: middleOf(({ pickup }) => pickup.lng),
  };
  const reach = middleOf(({ pickup }) => distanceM(middle, pickup));
  return ({ pickup }) => distanceM(middle, pickup) <= reach;
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
