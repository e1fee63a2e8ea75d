import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { describeResult, isPassed, runDrill } from "./drill/run-drill.ts";

const USAGE = `deno task ops:drill [options]

Starts the whole system on a PostgreSQL and a Redis of its own, with Prometheus and Alertmanager, then stops a
function, slows the database and kills Redis, one after the other: each alert has to come in its time, and to end.

  --real-time   with the durations as they are configured, about 25 minutes (30 times faster)`;
const SCALE = 30;

/** `deno task ops:drill`: exit code 1 when an alert is missing or late. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      "real-time": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const interrupting = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      interrupting.abort(new Error("Interrupted; everything is cleaned up"));
    });
  }
  const startedAt = performance.now();
  const results = await runDrill({
    scale: values["real-time"] ? 1 : SCALE,
    signal: interrupting.signal,
    onProgress: (line) =>
      report(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`),
  });
  for (const result of results) {
    print(
      `${isPassed(result) ? "ok    " : "FAILED"} ${result.exercise.name}: ${
        describeResult(result)
      }`,
    );
  }
  return results.every(isPassed) ? 0 : 1;
}

if (import.meta.main) await runCommand(main, USAGE);
