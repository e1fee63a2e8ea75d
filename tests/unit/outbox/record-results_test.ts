import assert from "node:assert/strict";
import { recordResults } from "../../../shared/outbox/record-results.ts";
import { ApiError, createLogger } from "../../../shared/platform/mod.ts";

/** A database that answers so, call by call, and what was asked of it. */
function scene(answer: (call: number, results: readonly string[]) => ApiError | undefined): {
  record: (results: string[]) => Promise<readonly string[]>;
  calls: string[][];
  pauses: number[];
  lines: string[];
} {
  const calls: string[][] = [];
  const pauses: number[] = [];
  const lines: string[] = [];
  const logger = createLogger("test", { level: "debug", write: (line) => lines.push(line) });
  return {
    calls,
    pauses,
    lines,
    record: (results) =>
      recordResults(results, {
        logger,
        write: (part) => {
          calls.push([...part]);
          const error = answer(calls.length, part);
          return error === undefined ? Promise.resolve() : Promise.reject(error);
        },
        pause: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
      }),
  };
}

const down = new ApiError("SERVICE_UNAVAILABLE", "down");
const refused = new ApiError("DATABASE_ERROR", "refused");

Deno.test("recordResults() records all in one call", async () => {
  const { record, calls } = scene(() => undefined);
  assert.deepEqual([await record(["a", "b"]), calls], [[], [["a", "b"]]]);
});

Deno.test("recordResults() insists while the database is gone, less long than a lease", async () => {
  const back = scene((call) => call <= 3 ? down : undefined);
  assert.deepEqual([await back.record(["a", "b"]), back.calls.length], [[], 4]);
  const gone = scene(() => down);
  assert.deepEqual(await gone.record(["a", "b"]), ["a", "b"]);
  assert.ok(gone.pauses.reduce((sum, pause) => sum + pause) < 10_000);
  assert.match(gone.lines.join(), /"results_not_recorded","code":"SERVICE_UNAVAILABLE","count":2/);
});

Deno.test("recordResults() records one by one when the batch is refused, and answers what is left", async () => {
  const { record, calls, pauses } = scene((_, part) => part.includes("bad") ? refused : undefined);
  assert.deepEqual(await record(["a", "bad", "c"]), ["bad"]);
  assert.deepEqual(calls, [["a", "bad", "c"], ["a"], ["bad"], ["c"]]);
  assert.deepEqual(pauses, [], "what is refused once is refused again");
});
