import { type Exercise, EXERCISES } from "./exercises.ts";
import type { Notification } from "./notifications.ts";
import { type Rehearsal, type RehearsalOptions, startRehearsal } from "./rehearsal.ts";

/** How an exercise went, in seconds of the clock. */
export interface DrillResult {
  readonly exercise: Exercise;
  /** Undefined: nobody was told. */
  readonly fired: Notification | undefined;
  readonly firedAfterS: number | undefined;
  readonly fireWithinS: number;
  readonly resolvedAfterS: number | undefined;
  readonly resolveWithinS: number;
  /** Other alerts that somebody was told of meanwhile. */
  readonly others: readonly string[];
}

/** How to drill; `slackS` is what a busy machine may add to each time. */
export interface DrillOptions extends RehearsalOptions {
  readonly slackS?: number;
}

const BASELINE_MS = 120_000;

/** Breaks one thing after the other, and watches what is told and when. */
export async function runDrill(options: DrillOptions): Promise<DrillResult[]> {
  const { onProgress, signal } = options;
  await using rehearsal = await startRehearsal(options);
  signal?.throwIfAborted();
  onProgress("waiting until everything is watched and nothing fires");
  await waitForQuiet(rehearsal, options);
  const results: DrillResult[] = [];
  for (const exercise of EXERCISES) {
    onProgress(`${exercise.name}: broken, waiting for ${exercise.alert}`);
    const result = await runExercise(rehearsal, { ...options, exercise });
    onProgress(`${exercise.name}: ${describeResult(result)}`);
    results.push(result);
    await waitForQuiet(rehearsal, options);
  }
  return results;
}

/** Whether both notifications came, each in its time and to whom they are for. */
export function isPassed(result: DrillResult): boolean {
  const { exercise, fired, firedAfterS, fireWithinS, resolvedAfterS, resolveWithinS } = result;
  return fired?.receiver === exercise.receiver && firedAfterS !== undefined &&
    firedAfterS <= fireWithinS &&
    resolvedAfterS !== undefined && resolvedAfterS <= resolveWithinS;
}

/** In one line, for a person. */
export function describeResult(result: DrillResult): string {
  const { exercise, firedAfterS, fireWithinS, resolvedAfterS, resolveWithinS, others } = result;
  const time = (took: number | undefined, of: number): string =>
    `${took === undefined ? "never" : `after ${took.toFixed(1)} s`} (at most ${of.toFixed(1)})`;
  return [
    `${exercise.alert} fired ${time(firedAfterS, fireWithinS)}`,
    `resolved ${time(resolvedAfterS, resolveWithinS)}`,
    ...(others.length === 0 ? [] : [`also told: ${others.join(", ")}`]),
  ].join(", ");
}

async function runExercise(
  rehearsal: Rehearsal,
  { exercise, scale, slackS = 5, onProgress, signal }: DrillOptions & {
    readonly exercise: Exercise;
  },
): Promise<DrillResult> {
  const { notifications } = rehearsal;
  const { alert } = exercise;
  const labels = { alertname: alert, ...exercise.labels };
  const fireWithinS = exercise.fireWithinS / scale + slackS;
  const resolveWithinS = exercise.resolveWithinS / scale + slackS;
  // What comes too late is still waited for a while, so that it is told how late.
  const patience = (seconds: number): number => seconds * 2000;
  const brokenAt = performance.now();
  let fired: Notification | undefined;
  let repairedAt: number;
  try {
    await exercise.break(rehearsal);
    const wanted = {
      labels,
      status: "firing",
      since: brokenAt,
      ms: patience(fireWithinS),
    } as const;
    fired = await notifications.wait(wanted);
  } finally {
    repairedAt = performance.now();
    await exercise.repair(rehearsal);
  }
  onProgress(`${exercise.name}: ${fired === undefined ? "nobody was told" : "told"}; repaired`);
  const resolved = fired && await notifications.wait({
    labels,
    status: "resolved",
    since: repairedAt,
    ms: patience(resolveWithinS),
    signal,
  });
  const others = notifications.all
    .filter((told) => told.at >= brokenAt && told.labels["alertname"] !== alert)
    .map((told) => told.labels["alertname"] ?? "");
  return {
    exercise,
    fired,
    firedAfterS: fired && (fired.at - brokenAt) / 1000,
    fireWithinS,
    resolvedAfterS: resolved && (resolved.at - repairedAt) / 1000,
    resolveWithinS,
    others: [...new Set(others)],
  };
}

/** Everything is scraped, every function answers, no alert is pending. @throws {Error} naming what is not so */
async function waitForQuiet(
  { monitoring: { api } }: Rehearsal,
  { onProgress, signal }: DrillOptions,
): Promise<void> {
  const startedAt = performance.now();
  let said = startedAt;
  while (true) {
    signal?.throwIfAborted();
    const targets = await api.targets();
    const broken = targets.filter(({ health }) => health !== "up")
      .map(({ labels, lastError }) => `${labels["job"]} ${labels["function"] ?? ""}: ${lastError}`);
    const down = (await api.query("probe_success == 0"))
      .map(({ labels }) => `${labels["function"]} does not answer`);
    const alerts = (await api.alerts()).map(({ labels, state }) =>
      `${labels["alertname"]} is ${state}`
    );
    const problems = [...broken, ...down, ...alerts];
    if (targets.length > 0 && problems.length === 0) return;
    const now = performance.now();
    if (now - startedAt > BASELINE_MS + 600_000) {
      throw new Error(`It does not become quiet: ${problems.join("; ") || "nothing is scraped"}`);
    }
    if (now - said > 15_000) {
      onProgress(`still waiting: ${problems.join("; ") || "nothing is scraped yet"}`);
      said = now;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
