/** What the functions had counted at one moment, without what the watching itself causes. */
export interface MetricsSample {
  /** Seconds on a clock that never goes back. */
  readonly at: number;
  readonly requests: number;
  readonly failures: number;
  /** Upper bounds in seconds with how many answers were at most as slow; the last is Infinity. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
}

const REQUESTS = "mobility_http_requests_total";
const DURATION = "mobility_http_request_duration_seconds_bucket";

/**
 * Adds up a page of metrics in Prometheus' text format. Health checks and the metrics function are the
 * watchers' own; the clock's calls of the worker count as requests, but nobody waits for them.
 * @throws {Error} when the page is not one of ours
 */
export function parseMetrics(text: string, at: number): MetricsSample {
  let requests = 0;
  let failures = 0;
  const buckets = new Map<number, number>();
  let isOurs = false;
  for (const line of text.split("\n")) {
    if (line.startsWith(`# TYPE ${REQUESTS} `)) isOurs = true;
    if (line === "mobility_cache_up 0") {
      throw new Error("Redis, which keeps the counters, does not answer");
    }
    const series = parseLine(line);
    if (series === undefined) continue;
    const { name, labels, value } = series;
    if (labels["function"] === "metrics" || labels["route"] === "/health") continue;
    if (name === REQUESTS) {
      requests += value;
      if (/^5/.test(labels["status"] ?? "")) failures += value;
    } else if (name === DURATION && labels["route"] !== "POST /work") {
      const le = labels["le"] === "+Inf" ? Infinity : Number(labels["le"]);
      buckets.set(le, (buckets.get(le) ?? 0) + value);
    }
  }
  if (!isOurs) throw new Error("The page has no metrics of this system");
  return {
    at,
    requests,
    failures,
    buckets: [...buckets].map(([le, count]) => ({ le, count })).sort((a, b) => a.le - b.le),
  };
}

function parseLine(
  line: string,
): { name: string; labels: Record<string, string>; value: number } | undefined {
  const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name !== REQUESTS && name !== DURATION) return undefined;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key = "", text = ""]) => [key, text])),
    value: Number(value),
  };
}
