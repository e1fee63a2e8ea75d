import { alignRows } from "../city/align-rows.ts";
import { formatPercent, formatWhole } from "./format-figures.ts";
import type { Results } from "./results.ts";
import type { Distribution } from "./statistics.ts";

/** A result as lines of text: the figures that matter, and how long the steps took. */
export function formatSummary(
  { options, summary, searches, measured, invariants, is_complete }: Results,
): string[] {
  const checks = invariants.reduce((sum, row) => sum + row.checks, 0);
  const violations = invariants.reduce((sum, row) => sum + row.violations, 0);
  const title = `${options.city} ${options.date} from ${options.from}, ${options.hours} h, ` +
    `${options.strategy}, seed ${options.seed}${is_complete ? "" : ", stopped before its end"}`;
  return [
    "",
    title,
    "",
    ...alignRows([
      ["requests", String(summary.requests)],
      ["matched", formatPercent(summary.match_rate)],
      ["completed", formatPercent(summary.served_rate)],
      ["time to match, mean / p50 / p95 s", three(summary.time_to_match_s)],
      ["wait for the driver, mean / p50 / p95 s", three(summary.wait_s)],
      ["pickup distance, mean / p50 / p95 m", three(summary.pickup_distance_m)],
      ["ETA error, mean / p50 / p95 s", three(summary.eta_error_s)],
      ["offers a request", formatWhole(summary.offers_per_request.mean, 2)],
      ...(searches === undefined
        ? []
        : [["searches answered by the cache", formatPercent(searches.cached / searches.all)]]),
      ["matches cancelled by passengers", formatPercent(summary.cancelled_by_passenger_share)],
      ["matches cancelled by drivers", formatPercent(summary.cancelled_by_driver_share)],
      ["drivers", String(summary.drivers)],
      ["earned an hour online, mean", formatWhole(summary.earnings_per_h.mean)],
      ["Gini of earnings an hour", formatWhole(summary.earnings_gini, 3)],
      ["idle, mean share of the time online", formatPercent(summary.idle_share.mean)],
      ["Gini of the idle share", formatWhole(summary.idle_gini, 3)],
      ["invariants", `${checks} checks, ${violations} violations`],
    ]),
    "",
    ...alignRows([
      ["step", "calls", "p50 ms", "p95 ms", "p99 ms"],
      ...measured.latencies.map((row) => [
        row.step,
        String(row.calls),
        row.p50_ms.toFixed(1),
        row.p95_ms.toFixed(1),
        row.p99_ms.toFixed(1),
      ]),
    ]),
    "",
    `took ${measured.took_s} s on ${measured.machine}`,
  ];
}

function three({ mean, p50, p95 }: Distribution): string {
  return [mean, p50, p95].map((value) => formatWhole(value)).join(" / ");
}
