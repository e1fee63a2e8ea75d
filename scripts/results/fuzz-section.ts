import { z } from "zod";
import { commandOf, provenance } from "./provenance.ts";
import { format, type RenderSection } from "./section.ts";

const fuzzReport = provenance.extend({
  name: z.literal("fuzz"),
  seconds: z.number(),
  seed: z.number(),
  statuses: z.record(z.string(), z.number()),
  as_described: z.boolean(),
  refused_again: z.number(),
  changed_tables: z.array(z.string()),
});

/** The section of what fuzzing found (scripts/fuzz/fuzz.ts). The returned function throws a ZodError. */
export function fuzzSection(
  { title, task, about }: {
    readonly title: string;
    readonly task: readonly string[];
    readonly about: string;
  },
): RenderSection {
  return (report) => {
    const run = fuzzReport.parse(report);
    const statuses = Object.entries(run.statuses);
    const sum = (which: RegExp): number =>
      statuses.filter(([status]) => which.test(status)).reduce((all, [, count]) => all + count, 0);
    const [all, broken] = [sum(/./), sum(/^5/)];
    return {
      title,
      command: commandOf(task, run),
      date: run.date,
      machine: run.machine,
      commit: run.commit,
      about: `${about} ${format(all)} requests in ${run.seconds} seconds, seed ${run.seed}.`,
      promises: [
        {
          promise: "no request is answered with a server error",
          measured: `${broken} of ${format(all)}`,
          kept: all > 0 && broken === 0,
        },
        {
          promise: "every answer is as the API describes it",
          measured: run.as_described ? "all" : "not all",
          kept: run.as_described,
        },
        {
          promise: "a refused request changes nothing",
          measured: `${format(run.refused_again)} refused, changed: ${
            run.changed_tables.join(", ") || "nothing"
          }`,
          kept: run.refused_again > 0 && run.changed_tables.length === 0,
        },
      ],
      tables: [{
        heads: ["status", "answers"],
        rows: statuses.map(([status, count]) => [status, format(count)]),
      }],
    };
  };
}
