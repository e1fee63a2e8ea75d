import * as Plot from "@observablehq/plot";
import type { Results } from "../results.ts";
import { quantile } from "../statistics.ts";
import { earnedPerHour, idleShare, regularDrivers } from "../summarise.ts";
import { drawLorenz } from "./curves.ts";
import { COLOURS, draw } from "./draw.ts";

/** How far drivers had to come. */
export function pickupDistancePlot({ requests }: Results): string {
  const values = requests.flatMap((row) =>
    row.pickup_distance_m === null ? [] : [row.pickup_distance_m / 1000]
  );
  return histogram("Distance to the pickup", {
    values,
    x: { label: "kilometres through the air" },
    y: "matches",
  });
}

/** How much later than promised drivers were there. */
export function etaErrorPlot({ requests }: Results): string {
  const values = requests.flatMap((row) => row.eta_error_s === null ? [] : [row.eta_error_s / 60]);
  return histogram("Error of the promised time to the pickup", {
    values,
    x: { label: "minutes later than promised" },
    y: "pickups",
    at: 0,
  });
}

/** How often a ride had to be offered. */
export function offersPlot({ requests }: Results): string {
  const counts = [...Map.groupBy(requests, (row) => Math.min(12, row.offers))]
    .map(([offers, rows]) => ({ offers, requests: rows.length }));
  return draw("Offers a request", {
    x: {
      label: "offers made",
      tickFormat: (offers: number) => offers === 12 ? "12+" : String(offers),
    },
    y: { label: "requests", grid: true, nice: true },
    marks: [
      Plot.barY(counts, { x: "offers", y: "requests", fill: COLOURS.other }),
      Plot.ruleY([0]),
    ],
  });
}

/** How evenly earnings and idle time fall on drivers. */
export function fairnessPlot({ drivers }: Results): string {
  const regulars = regularDrivers(drivers);
  return drawLorenz("Lorenz curves of earnings and of idle time", {
    label: "share of drivers, those with least first",
    colours: { "earnings an hour": COLOURS.good, "idle share": COLOURS.fair },
    values: {
      "earnings an hour": regulars.map(earnedPerHour),
      "idle share": regulars.map(idleShare),
    },
  });
}

/** What drivers make of an hour. */
export function earningsPlot({ drivers }: Results): string {
  return histogram("Earnings an hour online", {
    values: regularDrivers(drivers).map(earnedPerHour),
    x: { label: "earned in an hour online" },
    y: "drivers",
  });
}

/** How long the calls of each step took. */
export function latencyPlot({ measured }: Results): string {
  const rows = measured.latencies.map((row) => ({ ...row, name: row.step }));
  return draw("Latency of each step", {
    height: 60 + 22 * rows.length,
    marginLeft: 140,
    marginTop: 8,
    x: {
      label: "milliseconds: p50, p95, p99",
      type: "log",
      grid: true,
      tickFormat: ",d",
      ticks: 5,
    },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.ruleY(rows, { y: "name", x1: "p50_ms", x2: "p99_ms", stroke: COLOURS.text }),
      Plot.dot(rows, { y: "name", x: "p50_ms", fill: COLOURS.good, r: 4 }),
      Plot.dot(rows, { y: "name", x: "p95_ms", fill: COLOURS.fair, r: 4 }),
      Plot.dot(rows, { y: "name", x: "p99_ms", fill: COLOURS.bad, r: 3 }),
    ],
  });
}

interface HistogramOptions {
  readonly values: readonly number[];
  readonly x: { readonly label: string };
  /** What is counted. */
  readonly y: string;
  /** A value to mark. */
  readonly at?: number;
}

/** The few values beyond 99 of 100 would leave no room for the rest: they stand at the edge. */
function histogram(label: string, { values, x, y, at }: HistogramOptions): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [quantile(sorted, 0.005), quantile(sorted, 0.99)];
  const kept = values.map((value) => Math.min(high, Math.max(low, value)));
  const middle = quantile(sorted, 0.5);
  return draw(label, {
    x,
    y: { label: y, grid: true, nice: true },
    marks: [
      Plot.rectY(kept, {
        ...Plot.binX({ y: "count" }, { x: (value: number) => value, thresholds: 28 }),
        fill: COLOURS.other,
      }),
      Plot.ruleY([0]),
      ...(at === undefined
        ? []
        : [Plot.ruleX([at], { stroke: COLOURS.text, strokeDasharray: "3,3" })]),
      ...(Number.isNaN(middle) ? [] : [
        Plot.ruleX([middle], { stroke: COLOURS.bad, strokeWidth: 1.5 }),
        Plot.text([middle], {
          x: (value: number) => value,
          frameAnchor: "top",
          text: () =>
            `half below ${
              middle.toFixed(Math.abs(middle) < 20 ? 1 : 0).replace(/^-(?=[0.]+$)/, "")
            }`,
          textAnchor: "start",
          dx: 5,
          dy: 2,
          fill: COLOURS.bad,
        }),
      ]),
    ],
  });
}
