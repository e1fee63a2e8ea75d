import { distanceM } from "../../shared/geo/mod.ts";
import type { DriverRow, RequestRow } from "./results.ts";
import { gini, mean, quantile } from "./statistics.ts";
import { earnedPerHour, idleShare } from "./summarise.ts";

/** What is compared of two results, and how to read it. */
export interface FigureKind {
  readonly name: string;
  /** The same for programs. */
  readonly measure: string;
  /** Seconds, metres, shares of 1, counts, money. */
  readonly unit: "s" | "m" | "share" | "count" | "money" | "gini";
  /** Whether less is better; undefined where it is for the reader to say. */
  readonly lessIsBetter: boolean | undefined;
}

/** A figure of what each request has, if it has it. */
export interface RequestFigure extends FigureKind {
  readonly of: (row: RequestRow) => number | null;
  /** Of those in one half of the city alone. */
  readonly half?: "inner" | "outer";
  /** The mean, unless this says another. */
  readonly statistic?: (values: readonly number[]) => number;
}

/** A figure of all drivers of a result. */
export interface DriverFigure extends FigureKind {
  readonly of: (rows: readonly DriverRow[]) => number;
}

const wait = { unit: "s", lessIsBetter: true, of: (row: RequestRow) => row.wait_s } as const;

/** What passengers notice. */
export const REQUEST_FIGURES: readonly RequestFigure[] = [
  {
    name: "matched",
    measure: "matched_share",
    unit: "share",
    lessIsBetter: false,
    of: (row) => Number(row.matches > 0),
  },
  {
    name: "completed",
    measure: "completed_share",
    unit: "share",
    lessIsBetter: false,
    of: (row) => Number(row.outcome === "completed"),
  },
  {
    name: "cancelled after a match",
    measure: "cancelled_share",
    unit: "share",
    lessIsBetter: true,
    of: (row) => Number(row.matches > 0 && row.outcome !== "completed"),
  },
  {
    name: "time to match",
    measure: "time_to_match_s_mean",
    unit: "s",
    lessIsBetter: true,
    of: (row) => row.time_to_match_s,
  },
  { ...wait, name: "wait for the driver", measure: "until_there_s_mean" },
  {
    ...wait,
    name: "wait, 95th percentile",
    measure: "until_there_s_p95",
    statistic: (values) => quantile(values.toSorted((a, b) => a - b), 0.95),
  },
  {
    name: "pickup distance",
    measure: "pickup_m_mean",
    unit: "m",
    lessIsBetter: true,
    of: (row) => row.pickup_distance_m,
  },
  {
    name: "ETA error",
    measure: "eta_error_s_mean",
    unit: "s",
    lessIsBetter: undefined,
    of: (row) => row.eta_error_s,
  },
  {
    name: "ETA error, without its sign",
    measure: "eta_error_abs_s_mean",
    unit: "s",
    lessIsBetter: true,
    of: (row) => row.eta_error_s === null ? null : Math.abs(row.eta_error_s),
  },
  {
    name: "offers a request",
    measure: "offers_per_request",
    unit: "count",
    lessIsBetter: true,
    of: (row) => row.offers,
  },
  {
    ...wait,
    name: "wait, inner half of the city",
    measure: "until_there_s_mean_inner",
    half: "inner",
  },
  {
    ...wait,
    name: "wait, outer half of the city",
    measure: "until_there_s_mean_outer",
    half: "outer",
  },
  {
    name: "completed, outer half of the city",
    measure: "completed_share_outer",
    unit: "share",
    lessIsBetter: false,
    half: "outer",
    of: (row) => Number(row.outcome === "completed"),
  },
];

/** What drivers notice. */
export const DRIVER_FIGURES: readonly DriverFigure[] = [
  {
    name: "earned in an hour online",
    measure: "earned_per_h",
    unit: "money",
    lessIsBetter: false,
    of: (rows) => mean(rows.map(earnedPerHour)),
  },
  {
    name: "earned by the quarter who earn least",
    measure: "earned_per_h_least_quarter",
    unit: "money",
    lessIsBetter: false,
    of: (rows) => {
      const earned = rows.map(earnedPerHour).sort((one, other) => one - other);
      return mean(earned.slice(0, Math.ceil(earned.length / 4)));
    },
  },
  {
    name: "Gini of earnings an hour",
    measure: "earnings_gini",
    unit: "gini",
    lessIsBetter: true,
    of: (rows) => gini(rows.map(earnedPerHour)),
  },
  {
    name: "idle share of the time online",
    measure: "idle_share",
    unit: "share",
    lessIsBetter: true,
    of: (rows) => mean(rows.map(idleShare)),
  },
  {
    name: "Gini of the idle share",
    measure: "idle_gini",
    unit: "gini",
    lessIsBetter: true,
    of: (rows) => gini(rows.map(idleShare)),
  },
];

/** Tells requests from around the middle of all pickups from those farther out, half and half. */
export function innerHalf(requests: readonly RequestRow[]): (row: RequestRow) => boolean {
  const middleOf = (of: (row: RequestRow) => number): number =>
    quantile(requests.map(of).sort((one, other) => one - other), 0.5);
  const middle = {
    lat: middleOf(({ pickup }) => pickup.lat),
    lng: middleOf(({ pickup }) => pickup.lng),
  };
  const reach = middleOf(({ pickup }) => distanceM(middle, pickup));
  return ({ pickup }) => distanceM(middle, pickup) <= reach;
}
