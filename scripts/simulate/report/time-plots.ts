import * as Plot from "@observablehq/plot";
import type { Results } from "../results.ts";
import { curveOf, type CurvePoint, drawShares } from "./curves.ts";
import { COLOURS, draw, timeTick } from "./draw.ts";

const BINS = 24;
const FATES = ["completed", "cancelled", "nobody accepted"];

function fateOf({ outcome, matches }: Results["requests"][number]): number {
  if (outcome === "completed") return 0;
  return matches > 0 ? 1 : 2;
}

/** Requests over time, by what became of them. */
export function requestsPlot({ requests, options }: Results): string {
  const bin = options.hours / BINS;
  const binOf = (atS: number): number => Math.floor(atS / 3600 / bin);
  const rows = [...Map.groupBy(requests, (row) => `${binOf(row.at_s)}/${fateOf(row)}`)].map(
    ([, group]) => {
      const [first] = group;
      const at = first === undefined ? 0 : binOf(first.at_s);
      const fate = first === undefined ? 0 : fateOf(first);
      return { from: at * bin, to: (at + 1) * bin, fate: FATES[fate], requests: group.length };
    },
  );
  return draw("Requests over time by outcome", {
    x: { label: null, tickFormat: timeTick(options.from), domain: [0, options.hours], ticks: 6 },
    y: { label: "requests", grid: true, nice: true },
    color: { domain: FATES, range: [COLOURS.good, COLOURS.fair, COLOURS.bad] },
    marks: [
      Plot.rectY(rows, {
        x1: "from",
        x2: "to",
        y: "requests",
        fill: "fate",
        inset: 0.5,
        order: FATES,
      }),
      Plot.ruleY([0]),
    ],
  });
}

/** What drivers did over time, and how many passengers searched. */
export function driversPlot({ timeline, options }: Results): string {
  const states = ["with a passenger", "to a pickup", "idle"];
  const rows = timeline.flatMap(({ at_s, idle, to_pickup, riding }) => {
    const at = at_s / 3600;
    return [
      { at, state: states[0], drivers: riding },
      { at, state: states[1], drivers: to_pickup },
      { at, state: states[2], drivers: idle },
    ];
  });
  return draw("Drivers by what they do, and searching passengers, over time", {
    x: { label: null, tickFormat: timeTick(options.from), ticks: 6 },
    y: { label: "drivers", grid: true, nice: true },
    color: { domain: states, range: [COLOURS.good, COLOURS.fair, COLOURS.other] },
    marks: [
      Plot.areaY(rows, { x: "at", y: "drivers", z: "state", fill: "state", order: states }),
      Plot.lineY(timeline, {
        x: ({ at_s }: { at_s: number }) => at_s / 3600,
        y: "searching",
        stroke: COLOURS.bad,
        strokeWidth: 2,
      }),
      Plot.ruleY([0]),
    ],
  });
}

/** How soon requests are matched and drivers are there, as shares of all requests. */
export function waitingPlot({ requests }: Results): string {
  const LIMIT_MIN = 30;
  const curve = (
    which: string,
    of: (row: Results["requests"][number]) => number | null,
  ): CurvePoint[] =>
    curveOf(
      requests.map((row) => {
        const seconds = of(row);
        return seconds === null ? null : seconds / 60;
      }),
      { which, limit: LIMIT_MIN },
    );
  return drawShares(
    "Share of requests that are matched, and that have their driver there, by minutes",
    {
      label: "minutes after asking",
      limit: LIMIT_MIN,
      colours: { matched: COLOURS.other, "driver is there": COLOURS.good },
      points: [
        ...curve("matched", (row) => row.time_to_match_s),
        ...curve("driver is there", (row) => row.wait_s),
      ],
    },
  );
}
