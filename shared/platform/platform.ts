import { setTimeout } from "node:timers/promises";
import { Authenticator } from "./auth.ts";
import { Cache } from "./cache.ts";
import { type Config, readConfig } from "./config.ts";
import { Database } from "./database.ts";
import { createLogger, type Logger } from "./logger.ts";
import { Metrics } from "./metrics.ts";

/** What every function stands on. */
export interface Platform {
  /** The function's name. */
  readonly name: string;
  readonly config: Config;
  readonly logger: Logger;
  readonly database: Database;
  readonly cache: Cache;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
  /**
   * Runs work that the response does not wait for, some time later if told so; a failure is logged. It may be lost
   * with the isolate.
   */
  afterResponse(work: () => Promise<void>, options?: { readonly afterMs?: number }): void;
}

/** Builds the platform of a function. @throws Error naming the configuration that is missing */
export function createPlatform(
  name: string,
  options: { config?: Config; fetch?: typeof fetch; writeLog?: (line: string) => void } = {},
): Platform {
  const config = options.config ?? readConfig();
  const logger = createLogger(name, {
    level: config.logLevel,
    ...(options.writeLog === undefined ? {} : { write: options.writeLog }),
  });
  const cache = new Cache(config.redis, { deadlineMs: config.cacheDeadlineMs, logger });
  const metrics = new Metrics(cache);
  const database = new Database(
    {
      url: config.supabaseUrl,
      key: config.serviceKeys[0] ?? "",
      deadlineMs: config.databaseDeadlineMs,
    },
    {
      logger,
      onCall: ({ rpc, outcome, seconds }) =>
        metrics.observe("mobility_database_call_duration_seconds", seconds, {
          function: name,
          rpc,
          outcome,
        }),
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    },
  );
  return {
    name,
    config,
    logger,
    cache,
    database,
    metrics,
    authenticator: new Authenticator(config),
    afterResponse(work, { afterMs } = {}): void {
      const started = afterMs === undefined ? work() : setTimeout(afterMs).then(work);
      const done = started.catch((error: unknown) =>
        logger.log("error", "after_response_failed", {
          reason: error instanceof Error ? error.name : "unknown",
        })
      );
      edgeRuntime()?.waitUntil(done);
    },
  };
}

/** The hosted runtime ends an isolate unless told what is still running; elsewhere there is no such thing. */
function edgeRuntime(): { waitUntil(work: Promise<unknown>): void } | undefined {
  return (globalThis as { EdgeRuntime?: { waitUntil(work: Promise<unknown>): void } }).EdgeRuntime;
}
