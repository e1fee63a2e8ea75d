import { dirname } from "node:path";
import { print, report } from "../print.ts";
import { ProgressLine } from "../city/progress-line.ts";
import { runCommand } from "../run-command.ts";
import { compare, compareSeeds, formatComparison, formatFigures } from "./compare.ts";
import { formatSummary } from "./format-summary.ts";
import {
  type Command,
  readCommand,
  type SimulateOptions,
  type StudyOptions,
  USAGE,
} from "./options.ts";
import { comparisonPage } from "./report/comparison-page.ts";
import { resultPage } from "./report/result-page.ts";
import { readResults, type Results } from "./results.ts";
import { runSimulation } from "./run-simulation.ts";
import { formatStudy } from "./study/format-study.ts";
import { planStudy } from "./study/plan-study.ts";
import { qualityOf } from "./study/quality-report.ts";
import { runStudy } from "./study/run-study.ts";

/** `deno task simulate`: plays a city on simulated time and tells how it went. */
async function main(signal: AbortSignal): Promise<number> {
  const command = readCommand(Deno.args);
  switch (command.do) {
    case "help":
      print(command.usage);
      return 0;
    case "compare":
      return await compareAndTell(command);
    case "report":
      await writePage(
        command.path.replace(/\.json$/, ".html"),
        resultPage(await readResults(command.path)),
      );
      return 0;
    case "study":
      return await studyAndTell(command.options, signal);
    case "simulate":
      return await simulateAndTell(command.options, signal);
  }
}

async function simulateAndTell(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  const result = await play(options, signal);
  await Deno.mkdir(options.folder, { recursive: true });
  const path = `${options.folder}/${options.name}`;
  await Deno.writeTextFile(`${path}.json`, JSON.stringify(result) + "\n");
  for (const text of formatSummary(result)) print(text);
  print(`${path}.json`);
  await writePage(`${path}.html`, resultPage(result));
  return exitCode([result], signal);
}

/** Plays a city, with a line that tells how far it is. */
async function play(options: SimulateOptions, signal: AbortSignal): Promise<Results> {
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
  return result;
}

async function studyAndTell(options: StudyOptions, signal: AbortSignal): Promise<number> {
  const played = await runStudy(planStudy(options), {
    onLine: report,
    ...(options.isPlayed ? {} : { play: (run) => play(run.options, signal) }),
  });
  if (played === undefined) {
    report("Stopped: the same command goes on where it was");
    return 130;
  }
  const quality = qualityOf(played);
  await Deno.mkdir(dirname(options.json), { recursive: true });
  await Deno.writeTextFile(options.json, JSON.stringify(quality, null, 2) + "\n");
  for (const text of formatStudy(quality)) print(text);
  print(options.json);
  return exitCode(played.map(({ result }) => result), signal);
}

async function compareAndTell(
  { paths: [pathsA, pathsB], out }: Extract<Command, { do: "compare" }>,
): Promise<number> {
  const pairs = await Promise.all(
    pathsA.map(async (path, index) =>
      [await readResults(path), await readResults(pathsB[index] ?? "")] as const
    ),
  );
  const [pair] = pairs;
  if (pairs.length === 1 && pair !== undefined) {
    const comparison = compare(...pair);
    for (const text of formatComparison(comparison)) print(text);
    const [{ name: a }, { name: b }] = pair;
    await writePage(
      out ?? `${dirname(pathsA[0] ?? "")}/${a}-and-${b}.html`,
      comparisonPage(comparison),
    );
    return 0;
  }
  for (const text of formatFigures(compareSeeds(pairs))) print(text);
  return 0;
}

async function writePage(path: string, html: string): Promise<void> {
  await Deno.writeTextFile(path, html);
  print(path);
}

function exitCode(results: readonly Results[], signal: AbortSignal): number {
  const broken = results.flatMap(({ invariants }) => invariants)
    .filter(({ violations }) => violations > 0);
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
