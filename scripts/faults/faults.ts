import { parseArgs } from "node:util";
import { writeReport } from "../bench/results.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { formatFaults, formatViolation } from "./results.ts";
import { runFaults } from "./run-faults.ts";

const USAGE = `deno task faults [options]

A city hour on a stack of its own (PostgreSQL, Redis, every function a process), while one part after the other
breaks and is mended. Every second, and at the end, it is looked whether what must hold does; exit code 1 when not.

  --minutes N    how long the hour takes (6); each fault has an equal share of it
  --seed N       another order of the faults, other people (1)
  --only NAME    only faults with this in their name; may be given more than once
  --json FILE    write the results there too
  --log          show what functions, and failing callers, say`;

/** `deno task faults`: breaks everything once while a city lives on it. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      minutes: { type: "string", default: "6" },
      seed: { type: "string", default: "1" },
      only: { type: "string", multiple: true },
      json: { type: "string" },
      log: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes >= 0.1 && minutes <= 600)) {
    throw new Error(`Cannot use "${values.minutes}" as --minutes: give a number from 0.1 to 600`);
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Error(`Cannot use "${values.seed}" as --seed: give a whole number`);
  }
  const interrupting = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => {
      interrupting.abort(new Error("Interrupted; everything is cleaned up"));
    });
  }
  const startedAt = performance.now();
  const onProgress = (line: string): void =>
    report(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`);
  const result = await runFaults({
    minutes,
    seed,
    ...(values.only === undefined ? {} : { only: values.only.map((name) => name.toLowerCase()) }),
    onProgress,
    onLog: values.log ? onProgress : () => {},
    onViolation: (violation) => formatViolation(violation).forEach((line) => onProgress(line)),
    signal: interrupting.signal,
  });
  for (const line of formatFaults(result)) print(line);
  if (values.json !== undefined) {
    await writeReport({ name: "faults", ...result }, values.json);
  }
  return result.violations.length === 0 ? 0 : 1;
}

if (import.meta.main) await runCommand(main, USAGE);
