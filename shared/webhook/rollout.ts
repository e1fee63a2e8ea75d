import { createHash } from "node:crypto";
import { z } from "zod";
import type { Database } from "../platform/mod.ts";
import type { InboundIdentity } from "../whatsapp/mod.ts";

const CACHED_MS = 5_000;
const rollout = z.object({ percent: z.number().min(0).max(100) });

/**
 * Where a person stands between 0 and 99, for ever: the first four bytes of the SHA-256 of their
 * business-scoped id, else of their phone number (+E.164), as a big-endian number, modulo 100. Undefined
 * for nobody.
 */
export function bucketOf({ whatsapp_user_id, phone }: InboundIdentity): number | undefined {
  const identity = whatsapp_user_id ?? phone;
  if (identity === null) return undefined;
  return createHash("sha256").update(identity).digest().readUInt32BE(0) % 100;
}

/** Whether a person is in V2's share of so many percent. */
export function isInShare(identity: InboundIdentity, percent: number): boolean {
  const bucket = bucketOf(identity);
  return bucket !== undefined && bucket < percent;
}

/** The percentage of people that V2 serves, kept in the database and here for at most five seconds. */
export class Rollout {
  readonly #database: Database;
  readonly #now: () => number;
  #known: number | undefined;
  #readAt = -Infinity;
  #reading: Promise<number> | undefined;

  constructor(database: Database, options: { now?: () => number } = {}) {
    this.#database = database;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What was last known when it cannot be read. @throws ApiError when nothing is known yet */
  async percent(): Promise<number> {
    if (this.#known !== undefined && this.#now() - this.#readAt < CACHED_MS) return this.#known;
    return await (this.#reading ??= this.#read().finally(() => this.#reading = undefined));
  }

  async #read(): Promise<number> {
    try {
      this.#known = (await this.#database.call("get_rollout", {}, rollout)).percent;
    } catch (error) {
      if (this.#known === undefined) throw error;
    }
    this.#readAt = this.#now();
    return this.#known;
  }
}
