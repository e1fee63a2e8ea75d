import { resultOptionsOf } from "../result-options.ts";
import { readResults, type Results } from "../results.ts";
import type { StudyRun } from "./plan-study.ts";

/** A run with its result. */
export interface PlayedRun extends StudyRun {
  readonly result: Results;
}

/** How to play a study's runs, and whom to tell. */
export interface StudyPlay {
  /** Plays one, a result that is not complete was stopped; without it only what was played before counts. */
  readonly play?: (run: StudyRun) => Promise<Results>;
  readonly onLine: (line: string) => void;
}

/** Plays the runs that have no result yet, and keeps each as a file; undefined when one was stopped. */
export async function runStudy(
  runs: readonly StudyRun[],
  { play, onLine }: StudyPlay,
): Promise<PlayedRun[] | undefined> {
  const played: PlayedRun[] = [];
  for (const [index, run] of runs.entries()) {
    const { folder, name } = run.options;
    const path = `${folder}/${name}.json`;
    const known = await readKnown(run, path);
    const how = known !== undefined ? ", played before" : play === undefined ? ", not played" : "";
    onLine(`${index + 1} of ${runs.length}: ${name}${how}`);
    const result = known ?? await play?.(run);
    if (result === undefined) continue;
    if (!result.is_complete) return undefined;
    if (known === undefined) {
      await Deno.mkdir(folder, { recursive: true });
      await Deno.writeTextFile(path, JSON.stringify(result) + "\n");
    }
    played.push({ ...run, result });
  }
  return played;
}

/** A result that is there, if it is of the same options. */
async function readKnown(run: StudyRun, path: string): Promise<Results | undefined> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const known = await readResults(path);
  const asked = resultOptionsOf(run.options, run.options.date ?? known.options.date);
  if (known.is_complete && JSON.stringify(asked) === JSON.stringify(known.options)) return known;
  throw new Error(
    `Cannot go on: "${path}" is the result of other options. Remove it, or give another --out`,
  );
}
