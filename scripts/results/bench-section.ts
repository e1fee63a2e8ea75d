import { z } from "zod";
import { holdAgainst, type Limit, type Measured } from "./limit.ts";
import { commandOf, provenance } from "./provenance.ts";
import { format, type RenderSection } from "./section.ts";

const spread = z.object({ median: z.number(), min: z.number(), max: z.number() });
/** A figure that is no number, of a case that was not reached, is null in JSON. */
const ratio = z.union([spread, z.number().transform((median) => ({ median })), z.null()]);

const benchReport = provenance.extend({
  name: z.string(),
  results: z.array(spread.extend({ case: z.string(), unit: z.string() })),
  ratios: z.record(z.string(), ratio),
});

/** What a benchmark promises of those of its ratios, or of its cases, whose name matches. */
export interface BenchPromise extends Limit {
  readonly of: RegExp;
}

/** The section of a benchmark's report (scripts/bench/results.ts). The returned function throws a ZodError. */
export function benchSection(
  { title, task, about, promises }: {
    readonly title: string;
    readonly task: readonly string[];
    readonly about: string;
    readonly promises: readonly BenchPromise[];
  },
): RenderSection {
  return (report) => {
    const { date, machine, commit, args, results, ratios } = benchReport.parse(report);
    const compared = Object.entries(ratios).flatMap(([name, figure]): Measured[] => {
      if (figure === null) return [];
      const { median, ...ends } = figure;
      return [{ name, value: median, ...ends }];
    });
    const cases = results.map((result): Measured => ({
      ...result,
      name: result.case,
      value: result.median,
    }));
    return {
      title,
      command: commandOf(task, { args }),
      date,
      machine,
      commit,
      about,
      promises: promises.flatMap(({ of, ...limit }) =>
        holdAgainst(limit, [...compared, ...cases].filter(({ name }) => of.test(name)))
      ),
      tables: [
        {
          heads: ["ratio", "median", "min", "max"],
          rows: compared.map(({ name, value, min, max }) => [
            name,
            format(value),
            ...[min, max].map((end) => end === undefined ? "" : format(end)),
          ]),
        },
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
  };
}
