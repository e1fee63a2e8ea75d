import type { z } from "zod";
import type { Platform } from "../platform/mod.ts";

/** A scrape has little time; the database has more patience with its callers. */
const PATIENCE_MS = 2_000;

/** A function without arguments, and what it answers. */
export interface BriefQuestion<T> {
  readonly rpc: "queue_depths" | "eta_accuracy" | "operations_gauges" | "database_gauges" | "ping";
  readonly answer: z.ZodType<T>;
  readonly patienceMs?: number;
}

/** Asks the database for a gauge; undefined when it does not answer soon. */
export async function callBriefly<T>(
  { database }: Platform,
  { rpc, answer, patienceMs = PATIENCE_MS }: BriefQuestion<T>,
): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  // A database that is down is logged by its own client.
  const asked = database.call(rpc, {}, answer).catch(() => undefined);
  return await Promise.race([asked, patience]).finally(() => clearTimeout(timer));
}
