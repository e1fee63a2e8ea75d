import { Redis } from "@upstash/redis";
import type { Logger } from "./logger.ts";

/** Commands collected for one round trip. */
export type Pipeline = ReturnType<Redis["pipeline"]>;

/**
 * Upstash Redis, or nothing. A cache that is slow, down or not configured never fails a request: every
 * call answers `undefined` instead, within the deadline, and is counted and logged as CACHE_ERROR.
 */
export class Cache {
  readonly #redis: Redis | undefined;
  readonly #logger: Logger;
  #onError: () => void = () => {};

  constructor(
    connection: { url: string; token: string } | undefined,
    options: { deadlineMs: number; logger: Logger },
  ) {
    this.#logger = options.logger;
    this.#redis = connection && new Redis({
      url: connection.url,
      token: connection.token,
      // A pipeline says what it sends; ids and numbers come back as the strings they were.
      enableAutoPipelining: false,
      automaticDeserialization: false,
      // Everything kept is text, which JSON carries as it is: base64 is longer and has to be undone.
      responseEncoding: false,
      enableTelemetry: false,
      retry: false,
      // A function, because a plain signal that fires makes the client answer null: a false miss.
      signal: () => AbortSignal.timeout(options.deadlineMs),
    });
  }

  /** False when no Redis is configured: every call answers undefined at once. */
  get enabled(): boolean {
    return this.#redis !== undefined;
  }

  /** Called at every failure. */
  onError(listener: () => void): void {
    this.#onError = listener;
  }

  /** Runs the commands that `build` adds, in order, in one round trip. Undefined when that failed. */
  async exec(build: (redis: Pipeline) => void): Promise<unknown[] | undefined> {
    if (this.#redis === undefined) return undefined;
    const pipeline = this.#redis.pipeline();
    build(pipeline);
    const startedAt = performance.now();
    try {
      return await pipeline.exec<unknown[]>();
    } catch (error) {
      this.#onError();
      this.#logger.log("warn", "cache_failed", {
        code: "CACHE_ERROR",
        reason: error instanceof Error ? error.name : "unknown",
        duration_ms: Math.round(performance.now() - startedAt),
      });
      return undefined;
    }
  }
}
