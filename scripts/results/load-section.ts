import { z } from "zod";
import { format, type Promised, type Section } from "./section.ts";

const loadReport = z.object({
  script: z.string(),
  date: z.string(),
  machine: z.string(),
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
});

/** The longest p95 of a call that is promised, in milliseconds. */
export interface CallPromise {
  readonly calls: RegExp;
  readonly p95Ms: number;
}

/** The section of a load test's report (scripts/load/load.ts). @throws {z.ZodError} */
export function loadSection(
  report: unknown,
  { title, command, about, promises, mostFailed }: {
    readonly title: string;
    readonly command: string;
    readonly about: string;
    readonly promises: readonly CallPromise[];
    /** Share of requests that may fail. */
    readonly mostFailed: number;
  },
): Section {
  const { date, machine, calls, searches, ...load } = loadReport.parse(report);
  const slow = promises.flatMap(({ calls: which, p95Ms }) =>
    calls.filter(({ call, count }) => which.test(call) && count > 0).map((call): Promised => ({
      promise: `p95 of "${call.call}" below ${p95Ms} ms`,
      measured: `${format(call.p95Ms)} ms`,
      kept: call.p95Ms < p95Ms,
    }))
  );
  return {
    title,
    command,
    date,
    machine,
    about: `${about} ${load.users} users, ${load.drivers} drivers, ${load.requests} requests, ` +
      `${format(load.requestsPerS)} a second.`,
    promises: [
      ...slow,
      {
        promise: `failed: at most ${mostFailed * 100}% of the requests`,
        measured: `${format(load.failed * 100)}%`,
        kept: load.failed <= mostFailed,
      },
      {
        promise: "nobody in two rides at once",
        measured: `${load.double_bookings} people`,
        kept: load.double_bookings === 0,
      },
    ],
    tables: [
      {
        heads: ["call", "count", "p50 ms", "p95 ms", "p99 ms", "max ms"],
        rows: calls.map(({ call, count, medMs, p95Ms, p99Ms, maxMs }) => [
          call,
          ...[count, medMs, p95Ms, p99Ms, maxMs].map(format),
        ]),
      },
      ...(searches === undefined ? [] : [{
        heads: ["searches from the cache", "their p50 ms", "p50 ms of the others"],
        rows: [[
          `${format(searches.hitRate * 100)}%`,
          format(searches.cachedMs),
          format(searches.uncachedMs),
        ]],
      }]),
    ],
  };
}
