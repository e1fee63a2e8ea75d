import { percentile } from "../city/latencies.ts";

/** One attempt of a caller, times in milliseconds of performance.now(). */
export interface Sent {
  readonly step: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** Null: no answer in time. */
  readonly status: number | null;
}

/** How callers fared while one thing was broken, and afterwards. */
export interface FaultTraffic {
  readonly requests: number;
  /** Of the attempts, how many got an answer that was no failure of the system. */
  readonly answeredShare: number | null;
  /** Of those that were answered, in milliseconds. */
  readonly p95Ms: number | null;
  /** From the repair to the first second of which at most 1% failed; null: none before the next fault. */
  readonly recoveredAfterS: number | null;
}

/** From when to when something was broken, and when the next thing is. */
export interface FaultWindow {
  readonly injectedAt: number;
  readonly liftedAt: number;
  readonly until: number;
}

const TOLERATED = 0.01;

/** Whether the system did its part: refusing a request is an answer, too. */
export function isAnswered({ status }: Pick<Sent, "status">): boolean {
  return status !== null && status < 500;
}

/** What the attempts say of one fault. Who has asked before the repair counts to the fault. */
export function trafficOf(sent: readonly Sent[], window: FaultWindow): FaultTraffic {
  const { injectedAt, liftedAt, until } = window;
  const during = sent.filter(({ startedAt }) => startedAt >= injectedAt && startedAt < liftedAt);
  const answered = during.filter(isAnswered);
  const times = answered.map(({ startedAt, endedAt }) => endedAt - startedAt);
  const after = sent.filter(({ startedAt }) => startedAt >= liftedAt && startedAt < until);
  const bySecond = Map.groupBy(
    after,
    ({ startedAt }) => Math.floor((startedAt - liftedAt) / 1000),
  );
  const good = [...bySecond].sort(([a], [b]) => a - b).find(([, attempts]) =>
    attempts.filter((attempt) => !isAnswered(attempt)).length < TOLERATED * attempts.length
  );
  return {
    requests: during.length,
    answeredShare: during.length === 0 ? null : answered.length / during.length,
    p95Ms: times.length === 0 ? null : percentile(times, 95),
    recoveredAfterS: good?.[0] ?? null,
  };
}
