import * as Plot from "@observablehq/plot";
import { type ComparedFigure, type Comparison, formatValue, verdictOf } from "../compare.ts";
import type { RequestRow, Results } from "../results.ts";
import { earnedPerHour, idleShare, regularDrivers } from "../summarise.ts";
import { curveOf, drawLorenz, drawShares } from "./curves.ts";
import { COLOURS, draw } from "./draw.ts";
import { escape, page, type Section, table } from "./page.ts";

const SIDES = { A: COLOURS.other, B: COLOURS.fair };
const LONGEST_MIN = 30;
const FARTHEST_KM = 8;

/** Two results side by side as a page in one file. */
export function comparisonPage(comparison: Comparison): string {
  const { a, b, figures } = comparison;
  const { city, date, from, hours, seed } = a.options;
  return page({
    title: `A: ${nameOf(a)}. B: ${nameOf(b)}`,
    lead: `${
      escape(`${city}, ${date} from ${from}, ${hours} h, seed ${seed}: the same requests twice. `)
    }<b>A</b> is ${escape(describe(a))}, <b>B</b> ${escape(describe(b))}.`,
    tiles: figures.filter(({ name }) => TILES.includes(name)).map((figure) => ({
      value: formatValue(figure.difference.value, { unit: figure.unit, withSign: true }),
      label: `${figure.name}, B against A`,
      note: intervalOf(figure),
    })),
    sections: sectionsOf(comparison),
    footer:
      "Differences are of pairs: the same request, or the same driver, in both. Intervals hold " +
      "95 of 100 of a thousand bootstrap samples of the pairs. Requests of one day meet one another's " +
      "drivers, so the true uncertainty is somewhat larger: repeat it with other seeds.<br>" +
      `A: ${escape(a.measured.code)}, B: ${escape(b.measured.code)}; ${escape(b.measured.machine)}`,
  });
}

const TILES = ["completed", "time to match", "wait for the driver", "pickup distance"];

function sectionsOf({ a, b, figures }: Comparison): Section[] {
  return [
    {
      title: "Figures",
      text: "Means over pairs. Better or worse is said only where the interval leaves no doubt.",
      html: table([
        ["", "A", "B", "B against A", "95% interval", "pairs", "B is"],
        ...figures.map((figure) => {
          const { unit, difference, pairs } = figure;
          const verdict = verdictOf(figure);
          return [
            figure.name,
            formatValue(figure.a, { unit }),
            formatValue(figure.b, { unit }),
            formatValue(difference.value, { unit, withSign: true }),
            intervalOf(figure),
            String(pairs),
            {
              text: verdict,
              kind: ({ better: "ok", worse: "broken", open: undefined } as const)[verdict],
            },
          ];
        }),
      ]),
      isWide: true,
    },
    {
      title: "By how much",
      text: "The difference as a share of A's figure, with its interval: to the left B has less.",
      html: differencesPlot(figures),
    },
    {
      title: "Until the driver is there",
      text: "Share of all requests, by minutes after asking.",
      html: curves([a, b], {
        label: "minutes after asking",
        limit: LONGEST_MIN,
        of: (row) => row.wait_s === null ? null : row.wait_s / 60,
      }),
      legend: SIDES,
    },
    {
      title: "Distance to the pickup",
      text: "Share of all requests whose driver came from so near.",
      html: curves([a, b], {
        label: "kilometres to the pickup",
        limit: FARTHEST_KM,
        of: (row) => row.pickup_distance_m === null ? null : row.pickup_distance_m / 1000,
      }),
      legend: SIDES,
    },
    {
      title: "Earnings an hour",
      text:
        "What share of all earnings the poorest have: the nearer to the dashed line, the evener.",
      html: lorenzPlot([a, b], "earned"),
      legend: SIDES,
    },
    {
      title: "Idle time",
      text: "What share of all idle time those have who are idle least.",
      html: lorenzPlot([a, b], "idle"),
      legend: SIDES,
    },
  ];
}

function differencesPlot(figures: readonly ComparedFigure[]): string {
  // What may be above or below zero is no share of anything.
  const rows = figures.filter(({ a, lessIsBetter }) =>
    lessIsBetter !== undefined && Math.abs(a) > 1e-9
  ).map((figure) => ({
    name: figure.name,
    value: figure.difference.value / Math.abs(figure.a),
    low: figure.difference.low / Math.abs(figure.a),
    high: figure.difference.high / Math.abs(figure.a),
    colour: { better: COLOURS.good, worse: COLOURS.bad, open: COLOURS.text }[verdictOf(figure)],
  }));
  return draw("Differences with their confidence intervals", {
    height: 50 + 22 * rows.length,
    marginLeft: 170,
    marginTop: 8,
    x: { label: "B against A", tickFormat: "+%", grid: true, ticks: 5 },
    y: { label: null, domain: rows.map(({ name }) => name) },
    marks: [
      Plot.ruleX([0], { stroke: COLOURS.text }),
      Plot.link(rows, {
        x1: "low",
        x2: "high",
        y1: "name",
        y2: "name",
        stroke: "colour",
        strokeWidth: 2.5,
      }),
      Plot.dot(rows, { x: "value", y: "name", fill: "colour", r: 4.5 }),
    ],
    color: { type: "identity" },
  });
}

function curves(
  [a, b]: readonly [Results, Results],
  { label, limit, of }: {
    readonly label: string;
    readonly limit: number;
    readonly of: (row: RequestRow) => number | null;
  },
): string {
  return drawShares(label, {
    label,
    limit,
    colours: SIDES,
    points: [
      ...curveOf(a.requests.map(of), { which: "A", limit }),
      ...curveOf(b.requests.map(of), { which: "B", limit }),
    ],
  });
}

function lorenzPlot([a, b]: readonly [Results, Results], what: "earned" | "idle"): string {
  const of = what === "earned" ? earnedPerHour : idleShare;
  return drawLorenz(`Lorenz curves, ${what}`, {
    label: "share of drivers",
    colours: SIDES,
    values: {
      A: regularDrivers(a.drivers).map(of),
      B: regularDrivers(b.drivers).map(of),
    },
  });
}

function intervalOf({ difference, unit }: ComparedFigure): string {
  const of = (value: number): string => formatValue(value, { unit, withSign: true });
  return `${of(difference.low)} to ${of(difference.high)}`;
}

function nameOf({ options }: Results): string {
  return options.window_s > 0 ? `${options.strategy}, ${options.window_s} s` : options.strategy;
}

function describe({ options }: Results): string {
  const how = options.window_s > 0
    ? `assigned together every ${options.window_s} s`
    : "each at once";
  return `${options.strategy}, ${how}, ${options.batch_size} drivers at a time for ${options.offer_s} s`;
}
