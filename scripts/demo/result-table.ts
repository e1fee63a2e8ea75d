import { alignRows } from "../city/align-rows.ts";
import { type Latencies, percentile } from "../city/latencies.ts";
import type { RideOutcome } from "./ride.ts";

/** What the table tells. */
export interface ResultTable {
  readonly title: string;
  readonly outcomes: readonly RideOutcome[];
  readonly latencies: Latencies;
}

/** The result of a replay as lines of text. */
export function formatResult({ title, outcomes, latencies }: ResultTable): string[] {
  const rows = [...summaryOf(outcomes)];
  const steps = latencies.steps().map(({ step, calls, p50, p95 }) => [
    step,
    String(calls),
    milliseconds(p50),
    milliseconds(p95),
  ]);
  return [
    title,
    "",
    ...alignRows(rows),
    "",
    ...alignRows([["step", "calls", "p50 ms", "p95 ms"], ...steps]),
  ];
}

function summaryOf(outcomes: readonly RideOutcome[]): string[][] {
  const asked = outcomes.length;
  const count = (wanted: (outcome: RideOutcome) => boolean): number =>
    outcomes.filter(wanted).length;
  const sum = (value: (outcome: RideOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + value(outcome), 0);
  const interrupted = count(({ status }) => status === "interrupted");
  const searches = sum((outcome) => outcome.searches);
  const cached = sum((outcome) => outcome.cachedSearches);
  const distances = outcomes.flatMap(({ pickupDistanceM }) => pickupDistanceM ?? []);
  const mean = distances.reduce((total, metres) => total + metres, 0) / distances.length;
  return [
    ["rides asked for", String(asked)],
    ["matched", String(count(({ matched }) => matched))],
    ["completed", String(count(({ status }) => status === "completed"))],
    ["cancelled", String(count(({ status }) => status === "cancelled"))],
    ["no driver", String(count(({ status }) => status === "unmatched"))],
    ...(interrupted === 0 ? [] : [["interrupted", String(interrupted)]]),
    ["match rate", percent(count(({ matched }) => matched), asked)],
    ["offers per ride", asked === 0 ? "-" : (sum((outcome) => outcome.offers) / asked).toFixed(2)],
    ["searches from the cache", percent(cached, searches)],
    ["pickup distance, mean m", metres(mean)],
    ["pickup distance, p50 m", metres(percentile(distances, 50))],
    ["pickup distance, p95 m", metres(percentile(distances, 95))],
  ];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "-" : `${(100 * part / whole).toFixed(1)}%`;
}

function metres(value: number): string {
  return Number.isNaN(value) ? "-" : String(Math.round(value));
}

function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}
