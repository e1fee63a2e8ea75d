import { z } from "zod";
import { format, type Promised, type Section } from "./section.ts";

const benchReport = z.object({
  name: z.string(),
  date: z.string(),
  machine: z.string(),
  results: z.array(z.object({
    case: z.string(),
    median: z.number(),
    min: z.number(),
    max: z.number(),
    unit: z.string(),
  })),
  ratios: z.record(z.string(), z.number().nullable()),
});

/** What a benchmark promises of one of its ratios, or of all whose name matches. */
export interface RatioPromise {
  readonly ratio: RegExp;
  readonly promise: string;
  readonly holds: (value: number) => boolean;
}

/** The section of a benchmark's report (scripts/bench/results.ts). @throws {z.ZodError} */
export function benchSection(
  report: unknown,
  { title, command, about, promises }: {
    readonly title: string;
    readonly command: string;
    readonly about: string;
    readonly promises: readonly RatioPromise[];
  },
): Section {
  const { date, machine, results, ratios } = benchReport.parse(report);
  const known = Object.entries(ratios).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const]
  );
  return {
    title,
    command,
    date,
    machine,
    about,
    promises: promises.flatMap(({ ratio, promise, holds }) =>
      known.filter(([name]) => ratio.test(name)).map(([name, value]): Promised => ({
        promise,
        measured: `${format(value)} (${name})`,
        kept: holds(value),
      }))
    ),
    tables: [
      { heads: ["ratio", ""], rows: known.map(([name, value]) => [name, format(value)]) },
      {
        heads: ["case", "median", "min", "max", "unit"],
        rows: results.map(({ case: name, median, min, max, unit }) => [
          name,
          ...[median, min, max].map(format),
          unit,
        ]),
      },
    ],
  };
}
