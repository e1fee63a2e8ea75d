import * as Plot from "@observablehq/plot";
import { DOMParser } from "linkedom";

/** How wide a plot is drawn; a page makes it as wide as there is room. */
export const WIDTH = 460;

/** What the page's style sheet calls its colours. */
export const COLOURS = {
  good: "var(--good)",
  fair: "var(--fair)",
  bad: "var(--bad)",
  other: "var(--other)",
  text: "var(--muted)",
} as const;

/** What plots are drawn in: as much of a document as Plot uses, though linkedom's type has less than a browser's. */
const document = new DOMParser().parseFromString(
  "<!doctype html><html></html>",
  "text/html",
) as unknown as NonNullable<Plot.PlotOptions["document"]>;

/** Draws a plot as SVG, without a browser. `label` says what it shows to who cannot see it. */
export function draw(
  label: string,
  { style, ...options }: Omit<Plot.PlotOptions, "style"> & {
    readonly style?: Readonly<Record<string, string>>;
  },
): string {
  const plot = Plot.plot({
    width: WIDTH,
    height: 260,
    marginLeft: 46,
    marginBottom: 38,
    ...options,
    ariaLabel: label,
    style: { fontSize: "11px", background: "transparent", ...style },
    document,
  });
  // Every plot brings the same style sheet along; the page has it once.
  return plot.outerHTML.replace(/<style>[\s\S]*?<\/style>/, "");
}

/** So many round marks for an axis of local times, `at` being hours after the beginning. */
export function timeTick(from: string): (at: number) => string {
  const [hours = 0, minutes = 0] = from.split(":").map(Number);
  return (at) => {
    const total = Math.round(hours * 60 + minutes + at * 60);
    const two = (value: number): string => String(value).padStart(2, "0");
    return `${two(Math.floor(total / 60) % 24)}:${two(total % 60)}`;
  };
}
