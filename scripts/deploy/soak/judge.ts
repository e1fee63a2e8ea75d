import type { SoakOptions } from "../options.ts";
import type { MetricsSample } from "./metrics-sample.ts";

/** What happened between two samples. */
export interface WindowReading {
  readonly spanS: number;
  readonly requests: number;
  readonly errorRate: number;
  /** Undefined when nothing was timed. */
  readonly p95Ms: number | undefined;
}

/** What a look comes to. */
export type Verdict =
  | { readonly kind: "well"; readonly reading: WindowReading }
  /** Nothing can be said; the time does not count. */
  | { readonly kind: "unknown"; readonly reading?: WindowReading; readonly why: string }
  | { readonly kind: "breach"; readonly reading: WindowReading; readonly why: string };

/** Keeps the samples of the sliding window and judges it. */
export class SlidingWindow {
  readonly #options: SoakOptions;
  #samples: MetricsSample[] = [];

  constructor(options: SoakOptions) {
    this.#options = options;
  }

  /** Adds a sample and judges what happened since the oldest one of the window. */
  judge(sample: MetricsSample): Verdict {
    const last = this.#samples.at(-1);
    // Redis has lost its counters, or nobody looked for longer than a window: from here it is counted anew.
    const isBroken = last !== undefined &&
      (sample.requests < last.requests || sample.at - last.at > this.#options.windowS);
    if (isBroken) this.#samples = [];
    this.#samples.push(sample);
    const from = sample.at - this.#options.windowS;
    // The youngest sample that is older than the window stays: the window is not shorter than asked for.
    while ((this.#samples[1]?.at ?? Infinity) <= from) this.#samples.shift();
    const first = this.#samples[0];
    if (first === undefined || first === sample) return { kind: "unknown", why: "the first look" };
    return judgeReading(readingBetween(first, sample), this.#options);
  }
}

/** Requests, failures and the slowest of them between two samples. */
export function readingBetween(first: MetricsSample, last: MetricsSample): WindowReading {
  const requests = last.requests - first.requests;
  const failures = last.failures - first.failures;
  return {
    spanS: last.at - first.at,
    requests,
    errorRate: requests > 0 ? failures / requests : 0,
    p95Ms: quantileMs(0.95, first, last),
  };
}

/** Holds a window against the limits. */
export function judgeReading(reading: WindowReading, options: SoakOptions): Verdict {
  if (reading.requests < options.minRequests) {
    return {
      kind: "unknown",
      reading,
      why: `too little traffic: ${reading.requests} of at least ${options.minRequests} requests`,
    };
  }
  if (reading.errorRate > options.maxErrorRate) {
    return {
      kind: "breach",
      reading,
      why: `${percent(reading.errorRate)} of the answers are errors, of at most ${
        percent(options.maxErrorRate)
      }`,
    };
  }
  if (reading.p95Ms !== undefined && reading.p95Ms > options.maxP95Ms) {
    return {
      kind: "breach",
      reading,
      why: `the 95th percentile is ${Math.round(reading.p95Ms)} ms, of at most ${options.maxP95Ms}`,
    };
  }
  return { kind: "well", reading };
}

/** A window in words, for the progress line. */
export function describeReading({ requests, errorRate, p95Ms }: WindowReading): string {
  const slow = p95Ms === undefined ? "-" : `${Math.round(p95Ms)} ms`;
  return `${requests} requests, ${percent(errorRate)} errors, p95 ${slow}`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate > 0 && rate < 0.1 ? 2 : 0)}%`;
}

/** As Prometheus' histogram_quantile: even within a bucket, and no more than the last bound. */
function quantileMs(
  quantile: number,
  first: MetricsSample,
  last: MetricsSample,
): number | undefined {
  const before = new Map(first.buckets.map(({ le, count }) => [le, count]));
  const buckets = last.buckets.map(({ le, count }) => ({
    le,
    count: count - (before.get(le) ?? 0),
  }));
  const total = buckets.at(-1)?.count ?? 0;
  if (total <= 0) return undefined;
  const rank = quantile * total;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[index];
  const below = buckets[index - 1] ?? { le: 0, count: 0 };
  if (bucket === undefined) return undefined;
  if (bucket.le === Infinity) return below.le * 1000;
  const share = (rank - below.count) / (bucket.count - below.count);
  return (below.le + (bucket.le - below.le) * share) * 1000;
}
