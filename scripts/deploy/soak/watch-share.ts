import type { Sql } from "postgres";
import { describeDuration } from "../duration.ts";
import type { Journal } from "../journal.ts";
import type { SoakOptions } from "../options.ts";
import type { Deployment } from "../state/deploy-state.ts";
import { readShare, type Share } from "../state/share.ts";
import { endSoak, openSoak, recordLook, type Soak } from "../state/soaks.ts";
import { describeReading, SlidingWindow, type Verdict } from "./judge.ts";
import { type MetricsSample, parseMetrics } from "./metrics-sample.ts";

/** How a soak ended. */
export type SoakResult =
  | { readonly outcome: "passed"; readonly watchedS: number }
  | { readonly outcome: "breached"; readonly reason: string; readonly share: Share }
  /** Somebody else has set the share: it is theirs. */
  | { readonly outcome: "taken_over"; readonly reason: string };

/** What is watched, and how. */
export interface WatchOptions {
  readonly sql: Sql;
  readonly deployment: Deployment;
  readonly share: Share;
  readonly soak: SoakOptions;
  readonly journal: Journal;
  /** Reads the metrics page. @throws when it cannot */
  readMetrics(): Promise<string>;
  /** Asks the webhook for its health. @throws when it is not well */
  checkWebhook(): Promise<void>;
  /** Makes sure that this process may go on. */
  keepGoing(): Promise<void>;
}

const SECONDS = 1000;

/**
 * Watches a share until enough time was watched, something is wrong, or somebody else has set it. Time
 * counts when it lies in a window that could be judged: not while no process looked, nor while metrics
 * were unreadable, nor while there was too little traffic to tell.
 */
export async function watchShare(options: WatchOptions): Promise<SoakResult> {
  const { sql, journal, soak: limits, share } = options;
  const soak = await openSoak(sql, options);
  const window = new SlidingWindow(limits);
  let watchedS = soak.watched_s;
  let countedTo = now();
  let wellAt = now();
  if (watchedS > 0) journal.report(`    goes on: ${describeDuration(watchedS)} watched before`);
  while (true) {
    const present = await sampleShare(sql);
    if (present !== undefined && present.set_at !== share.set_at) {
      return await takenOver(sql, soak, present);
    }
    // Only a database that answers can say that somebody else goes on.
    if (present !== undefined) await options.keepGoing();
    const look = await takeLook(options, window);
    const at = now();
    if (look.verdict.kind === "well") {
      // A window vouches for its whole span, once.
      watchedS += Math.max(0, at - Math.max(countedTo, at - look.verdict.reading.spanS));
      countedTo = at;
    }
    if (!look.isBlind) wellAt = at;
    const seen = describeVerdict(look.verdict);
    await recordLook(sql, soak, { watchedS, seen }).catch(() => {});
    const remaining = describeDuration(limits.soakS - watchedS);
    journal.report(`    ${share.percent}%, ${remaining} to watch: ${seen}`);
    const breach = look.verdict.kind === "breach"
      ? look.verdict.why
      : at - wellAt > limits.maxBlindS
      ? `${look.problem} for ${describeDuration(at - wellAt)}`
      : undefined;
    if (breach !== undefined) return { outcome: "breached", reason: breach, share };
    if (watchedS >= limits.soakS) {
      await endSoak(sql, soak, { outcome: "passed" });
      return { outcome: "passed", watchedS };
    }
    await pause(limits.lookS);
  }
}

interface Look {
  readonly verdict: Verdict;
  /** Neither well nor ill can be told. */
  readonly isBlind: boolean;
  readonly problem: string;
}

async function takeLook(options: WatchOptions, window: SlidingWindow): Promise<Look> {
  const [metrics, webhook] = await Promise.allSettled([
    options.readMetrics().then((text): MetricsSample => parseMetrics(text, now())),
    options.checkWebhook(),
  ]);
  const problems = [
    ...(metrics.status === "rejected" ? [`metrics unreadable (${messageOf(metrics.reason)})`] : []),
    ...(webhook.status === "rejected" ? [`webhook unwell (${messageOf(webhook.reason)})`] : []),
  ];
  const problem = problems.join(", ");
  const verdict: Verdict = metrics.status === "fulfilled"
    ? window.judge(metrics.value)
    : { kind: "unknown", why: problem };
  // What the metrics say of the others is no comfort while the webhook is down.
  const isBlind = problems.length > 0;
  return isBlind && verdict.kind === "well"
    ? { verdict: { kind: "unknown", reading: verdict.reading, why: problem }, isBlind, problem }
    : { verdict, isBlind, problem };
}

async function takenOver(sql: Sql, soak: Soak, share: Share): Promise<SoakResult> {
  const reason = `the share was set to ${share.percent}% by ${share.set_by ?? "somebody"}`;
  await endSoak(sql, soak, { outcome: "taken_over", reason });
  return { outcome: "taken_over", reason };
}

/** Undefined while the database does not answer: the metrics will say so for themselves. */
async function sampleShare(sql: Sql): Promise<Share | undefined> {
  return await readShare(sql).catch(() => undefined);
}

function describeVerdict(verdict: Verdict): string {
  const reading = verdict.reading === undefined ? "" : describeReading(verdict.reading);
  if (verdict.kind === "well") return reading;
  const why = verdict.kind === "breach" ? verdict.why : `${verdict.why}; this time does not count`;
  return reading === "" ? why : `${reading}; ${why}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function now(): number {
  return performance.now() / SECONDS;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * SECONDS));
}
