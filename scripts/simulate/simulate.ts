import { dirname } from "node:path";
import { print, report } from "../print.ts";
import { ProgressLine } from "../city/progress-line.ts";
import { runCommand } from "../run-command.ts";
import { compare, formatComparison } from "./compare.ts";
import { formatSummary } from "./format-summary.ts";
import { type Command, readCommand, type SimulateOptions, USAGE } from "./options.ts";
import { comparisonPage } from "./report/comparison-page.ts";
import { resultPage } from "./report/result-page.ts";
import { readResults, type Results } from "./results.ts";
import { runSimulation } from "./run-simulation.ts";

/** `deno task simulate`: plays a city on simulated time and tells how it went. */
async function main(signal: AbortSignal): Promise<number> {
  const command = readCommand(Deno.args);
  switch (command.do) {
    case "help":
      print(USAGE);
      return 0;
    case "compare":
      return await compareAndTell(command);
    case "report":
      await writePage(
        command.path.replace(/\.json$/, ".html"),
        resultPage(await readResults(command.path)),
      );
      return 0;
    case "simulate":
      return await simulateAndTell(command.options, signal);
  }
}

async function simulateAndTell(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  const line = new ProgressLine();
  let startedMs: number | undefined;
  const result = await runSimulation(options, {
    signal,
    onLine: report,
    onProgress: ({ time, share, playedS, requests, live }) => {
      // Counted from the first progress: what starts before has no rate.
      const now = performance.now();
      startedMs ??= now;
      const seconds = (now - startedMs) / 1000;
      const rate = seconds < 1
        ? ""
        : `; ${(requests / seconds).toFixed(1)} requests/s, ${
          (playedS / seconds).toFixed(0)
        } times as fast as life`;
      line.show(`${time}  ${(100 * share).toFixed(0)}%  ${requests} requests, ${live} live${rate}`);
    },
  });
  line.end();
  await Deno.mkdir(options.folder, { recursive: true });
  const path = `${options.folder}/${options.name}`;
  await Deno.writeTextFile(`${path}.json`, JSON.stringify(result) + "\n");
  for (const text of formatSummary(result)) print(text);
  print(`${path}.json`);
  await writePage(`${path}.html`, resultPage(result));
  return exitCode(result, signal);
}

async function compareAndTell(
  { paths: [pathA, pathB], out }: Extract<Command, { do: "compare" }>,
): Promise<number> {
  const comparison = compare(await readResults(pathA), await readResults(pathB));
  for (const text of formatComparison(comparison)) print(text);
  const { a, b } = comparison;
  await writePage(
    out ?? `${dirname(pathA)}/${a.name}-and-${b.name}.html`,
    comparisonPage(comparison),
  );
  return 0;
}

async function writePage(path: string, html: string): Promise<void> {
  await Deno.writeTextFile(path, html);
  print(path);
}

function exitCode(result: Results, signal: AbortSignal): number {
  const broken = result.invariants.filter(({ violations }) => violations > 0);
  for (const { name, violations, example } of broken) {
    report(`BROKEN ${name}: ${violations} times, for one ${example}`);
  }
  if (broken.length > 0) return 1;
  return signal.aborted ? 130 : 0;
}

if (import.meta.main) {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.abort());
  }
  await runCommand(() => main(interrupted.signal), USAGE);
}
