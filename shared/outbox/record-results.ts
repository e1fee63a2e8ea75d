import { ApiError, type Logger } from "../platform/mod.ts";

/** Waits before each further attempt, in ms: far less than a lease lasts. */
const pauses = [200, 400, 800, 1600, 3200];

/** How results reach the database. */
export interface RecordOptions<Result> {
  readonly write: (results: readonly Result[]) => Promise<unknown>;
  readonly logger: Logger;
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/**
 * Records what has happened already and cannot be taken back, so it insists: again while the database cannot
 * be reached, one by one when it refuses the batch. Never rejects; answers the results that are not recorded.
 */
export async function recordResults<Result>(
  results: readonly Result[],
  options: RecordOptions<Result>,
): Promise<readonly Result[]> {
  const { write, logger, pause = wait } = options;
  for (let attempt = 0;; attempt++) {
    try {
      await write(results);
      return [];
    } catch (error) {
      const code = error instanceof ApiError ? error.code : "INTERNAL_ERROR";
      const isRefused = code !== "SERVICE_UNAVAILABLE";
      if (isRefused && results.length > 1) {
        const failed: Result[] = [];
        for (const result of results) failed.push(...await recordResults([result], options));
        return failed;
      }
      const milliseconds = isRefused ? undefined : pauses[attempt];
      if (milliseconds === undefined) {
        logger.log("error", "results_not_recorded", { code, count: results.length });
        return results;
      }
      await pause(milliseconds);
    }
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
