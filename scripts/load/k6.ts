import { z } from "zod";

/** No k6 on this machine; the message says how to get one. */
export class K6NotFoundError extends Error {
  override name = "K6NotFoundError";
}

const trend = z.object({
  count: z.number().optional(),
  med: z.number(),
  "p(95)": z.number(),
  "p(99)": z.number(),
  max: z.number(),
});

const summary = z.object({
  metrics: z.record(z.string(), z.looseObject({})),
});

/** Milliseconds of one kind of call. */
export interface CallTimes {
  readonly call: string;
  readonly count: number;
  readonly medMs: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What a run came to. */
export interface K6Result {
  /** False when a threshold was not kept. */
  readonly kept: boolean;
  readonly calls: readonly CallTimes[];
  readonly requests: number;
  readonly requestsPerS: number;
  /** Share of requests that were answered otherwise than a correct system does. */
  readonly failed: number;
  readonly users: number;
  /** Of the searches: share answered from the cache, and the median milliseconds of both kinds. */
  readonly searches?: {
    readonly hitRate: number;
    readonly cachedMs: number;
    readonly uncachedMs: number;
  };
}

const rate = z.object({ value: z.number() });
const counter = z.object({ count: z.number(), rate: z.number() });
const gauge = z.object({ max: z.number() });
const THRESHOLDS_NOT_KEPT = 99;

/** Where k6 is: the variable K6, else PATH, else where `go install` puts it. @throws {K6NotFoundError} */
export async function findK6(): Promise<string> {
  const home = Deno.env.get("HOME") ?? "";
  const candidates = [
    Deno.env.get("K6"),
    ...(Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/k6`),
    `${Deno.env.get("GOBIN") ?? `${home}/go/bin`}/k6`,
  ];
  for (const path of candidates) {
    if (path !== undefined && await Deno.stat(path).then((file) => file.isFile, () => false)) {
      return path;
    }
  }
  throw new K6NotFoundError(
    "Cannot find k6. Run: go install go.k6.io/k6@latest (or set K6 to its path)",
  );
}

/** Runs a script, its progress on this terminal. @throws {Error} when k6 itself fails */
export async function runK6(
  script: string,
  { k6, env }: { readonly k6: string; readonly env: Readonly<Record<string, string>> },
): Promise<K6Result> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { code } = await new Deno.Command(k6, {
      args: ["run", "--no-usage-report", "--summary-export", file, script],
      env: { ...env, K6_NO_USAGE_REPORT: "true" },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (code !== 0 && code !== THRESHOLDS_NOT_KEPT) {
      throw new Error(`k6 ended with exit code ${code}: its last lines say why`);
    }
    return readSummary(JSON.parse(await Deno.readTextFile(file)), { kept: code === 0 });
  } finally {
    await Deno.remove(file);
  }
}

/** Reads what k6 exports. */
export function readSummary(exported: unknown, { kept }: { readonly kept: boolean }): K6Result {
  const { metrics } = summary.parse(exported);
  const calls = Object.entries(metrics).flatMap(([name, metric]) => {
    const call = name.match(/^http_req_duration\{call:(.+)\}$/)?.[1];
    const times = trend.safeParse(metric);
    return call === undefined || !times.success ? [] : [{
      call,
      count: times.data.count ?? 0,
      medMs: times.data.med,
      p95Ms: times.data["p(95)"],
      p99Ms: times.data["p(99)"],
      maxMs: times.data.max,
    }];
  });
  const requests = counter.parse(metrics.http_reqs);
  return {
    kept,
    calls,
    requests: requests.count,
    requestsPerS: requests.rate,
    failed: rate.parse(metrics.http_req_failed).value,
    users: gauge.parse(metrics.vus_max).max,
    ...searchesOf(metrics),
  };
}

function searchesOf(metrics: Record<string, unknown>): Pick<K6Result, "searches"> {
  const hits = rate.safeParse(metrics.search_cached);
  const cached = trend.safeParse(metrics.search_cached_ms);
  const uncached = trend.safeParse(metrics.search_uncached_ms);
  if (!hits.success || !cached.success || !uncached.success) return {};
  return {
    searches: {
      hitRate: hits.data.value,
      cachedMs: cached.data.med,
      uncachedMs: uncached.data.med,
    },
  };
}
