import * as Plot from "@observablehq/plot";
import { lorenz } from "../statistics.ts";
import { COLOURS, draw } from "./draw.ts";

/** A colour for each curve, by its name. */
type Colours = Readonly<Record<string, string>>;

/** A step of the curve of a share that has something by a time. */
export interface CurvePoint {
  readonly x: number;
  readonly share: number;
  readonly which: string;
}

/** What share of all has a value of at most x; it ends below 1 where some have none. */
export function curveOf(
  values: readonly (number | null)[],
  { which, limit }: { readonly which: string; readonly limit: number },
): CurvePoint[] {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const points = known.map((x, index) => ({ x, share: (index + 1) / values.length, which }))
    .filter(({ x }) => x <= limit);
  // A line of a thousand steps looks like one of a hundred thousand.
  const every = Math.max(1, Math.ceil(points.length / 1000));
  const last = points.at(-1);
  return [
    { x: 0, share: 0, which },
    ...points.filter((_, index) => index % every === 0),
    ...(last === undefined ? [] : [last, { ...last, x: limit }]),
  ];
}

/** Draws curves of shares of all requests, up to a limit. */
export function drawShares(
  title: string,
  { label, limit, colours, points }: {
    readonly label: string;
    readonly limit: number;
    readonly colours: Colours;
    readonly points: readonly CurvePoint[];
  },
): string {
  return draw(title, {
    x: { label, domain: [0, limit] },
    y: { label: "share of requests", tickFormat: "%", domain: [0, 1], grid: true },
    color: { domain: Object.keys(colours), range: Object.values(colours) },
    marks: [
      Plot.line(points, {
        x: "x",
        y: "share",
        z: "which",
        stroke: "which",
        strokeWidth: 2.2,
        curve: "step-after",
      }),
      Plot.ruleY([0]),
    ],
  });
}

/** Draws how evenly something falls on drivers: a curve for each name's values, beside the even one. */
export function drawLorenz(
  title: string,
  { label, colours, values }: {
    readonly label: string;
    readonly colours: Colours;
    readonly values: Readonly<Record<string, readonly number[]>>;
  },
): string {
  const points = Object.entries(values).flatMap(([which, each]) =>
    lorenz(each).map((point) => ({ ...point, which }))
  );
  return draw(title, {
    x: { label, tickFormat: "%" },
    y: { label: "share of all", tickFormat: "%", grid: true },
    color: { domain: Object.keys(colours), range: Object.values(colours) },
    marks: [
      Plot.line([{ x: 0, y: 0 }, { x: 1, y: 1 }], {
        x: "x",
        y: "y",
        stroke: COLOURS.text,
        strokeDasharray: "3,4",
      }),
      Plot.line(points, { x: "people", y: "share", z: "which", stroke: "which", strokeWidth: 2.2 }),
    ],
  });
}
