import { z } from "zod";
import { holdAgainst } from "./limit.ts";
import { commandOf, provenance } from "./provenance.ts";
import { format, formatShare, type Promised, type RenderSection } from "./section.ts";

const loadReport = provenance.extend({
  script: z.string(),
  drivers: z.number(),
  calls: z.array(z.object({
    call: z.string(),
    count: z.number(),
    medMs: z.number(),
    p95Ms: z.number(),
    p99Ms: z.number(),
    maxMs: z.number(),
  })),
  requests: z.number(),
  requestsPerS: z.number(),
  failed: z.number(),
  users: z.number(),
  searches: z.object({
    hitRate: z.number(),
    cachedMs: z.number(),
    uncachedMs: z.number(),
  }).optional(),
  double_bookings: z.number(),
  postgres_memory: z.object({ limit_mb: z.number(), peak_mb: z.number() }).optional(),
});

/** The longest p95 of a call that is promised, in milliseconds. */
export interface CallPromise {
  readonly promise: string;
  readonly calls: RegExp;
  readonly p95Ms: number;
}

/** What the cache is to do: the least share of searches, the largest share of the time of the others. */
export interface CachePromise {
  readonly hitRate: number;
  readonly timeShare: number;
}

/** The section of a load test's report (scripts/load/load.ts). The returned function throws a ZodError. */
export function loadSection(
  { title, task, about, promises, mostFailed, cache }: {
    readonly title: string;
    readonly task: readonly string[];
    readonly about: string;
    readonly promises: readonly CallPromise[];
    /** Share of requests that may fail. */
    readonly mostFailed: number;
    readonly cache?: CachePromise;
  },
): RenderSection {
  return (report) => {
    const { date, machine, commit, args, calls, searches, ...load } = loadReport.parse(report);
    const reached = calls.filter(({ count }) => count > 0);
    return {
      title,
      command: commandOf(task, { args }),
      date,
      machine,
      commit,
      about: `${about} ${format(load.users)} users, ${format(load.drivers)} drivers, ` +
        `${format(load.requests)} requests, ${format(load.requestsPerS)} a second. ${
          memoryOf(load.postgres_memory)
        }`,
      promises: [
        ...promises.flatMap(({ promise, calls: which, p95Ms }) =>
          holdAgainst(
            { promise, atMost: p95Ms, unit: " ms" },
            reached.filter(({ call }) => which.test(call)).map(({ call, p95Ms: value }) => ({
              name: call,
              value,
            })),
          )
        ),
        {
          promise: mostFailed === 0
            ? "no request failed"
            : `at most ${formatShare(mostFailed)} of the requests failed`,
          measured: `${formatShare(load.failed)} of ${format(load.requests)}`,
          kept: load.failed <= mostFailed,
        },
        {
          promise: "nobody in two rides at once",
          measured: `${load.double_bookings} people`,
          kept: load.double_bookings === 0,
        },
        ...(searches === undefined || cache === undefined ? [] : cached(searches, cache)),
      ],
      tables: [
        ...(searches === undefined ? [] : [{
          heads: ["searches", ""],
          rows: [
            ["answered from the cache", formatShare(searches.hitRate)],
            [
              "p50 of those over p50 of the others",
              format(searches.cachedMs / searches.uncachedMs),
            ],
            ["p50 of those", `${format(searches.cachedMs)} ms`],
            ["p50 of the others", `${format(searches.uncachedMs)} ms`],
          ],
        }]),
        {
          heads: ["call", "count", "p50 ms", "p95 ms", "p99 ms", "max ms"],
          rows: reached.map(({ call, count, medMs, p95Ms, p99Ms, maxMs }) => [
            call,
            ...[count, medMs, p95Ms, p99Ms, maxMs].map(format),
          ]),
        },
      ],
    };
  };
}

function memoryOf(memory: z.infer<typeof loadReport>["postgres_memory"]): string {
  return memory === undefined
    ? "PostgreSQL's memory was not limited."
    : `PostgreSQL had at most ${
      format(memory.limit_mb)
    } MB of memory, enforced by the kernel with its files' cache; ` +
      `its peak was ${format(memory.peak_mb)}.`;
}

function cached(
  { hitRate, cachedMs, uncachedMs }: {
    readonly hitRate: number;
    readonly cachedMs: number;
    readonly uncachedMs: number;
  },
  promised: CachePromise,
): Promised[] {
  const share = cachedMs / uncachedMs;
  return [
    {
      promise: `at least ${formatShare(promised.hitRate)} of the searches from the cache`,
      measured: formatShare(hitRate),
      kept: hitRate >= promised.hitRate,
    },
    {
      promise: "a cached search takes at most a third of the time of another (p50)",
      measured: `${format(share)} of it: ${format(cachedMs)} of ${format(uncachedMs)} ms`,
      kept: share <= promised.timeShare,
    },
  ];
}
