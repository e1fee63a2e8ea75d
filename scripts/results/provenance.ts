import { basename } from "node:path";
import { z } from "zod";

/** What every report says of itself (scripts/bench/results.ts, `writeReport`). */
export const provenance = z.object({
  date: z.string(),
  machine: z.string(),
  commit: z.string().optional(),
  args: z.array(z.string()).optional(),
});

/** The command as it can be given again: as it was given, if the report says so. Nobody's folders are named. */
export function commandOf(
  task: readonly string[],
  { args }: Pick<z.infer<typeof provenance>, "args">,
): string {
  const given = args === undefined ? task : [...task.slice(0, 1), ...args];
  const words = given.map((arg) => basename(arg)).map((arg) => /\s/.test(arg) ? `"${arg}"` : arg);
  return `deno task ${words.join(" ")}`;
}
