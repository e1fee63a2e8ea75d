import { z } from "zod";
import type { Platform } from "../platform/mod.ts";
import { assignBatch } from "./assign-batch.ts";

const waiting = z.object({
  idle_credit_s: z.number(),
  dispatches: z.array(z.object({
    dispatch_id: z.guid(),
    waited_s: z.number(),
    candidates: z.array(z.object({
      trip_id: z.guid(),
      eta_s: z.number(),
      idle_s: z.number(),
    })),
  })),
});

/** How many requests were assigned, and how many wait for the next window. */
export const assignedCount = z.object({
  assigned: z.number().int(),
  postponed: z.number().int(),
});

const assignAnswer = assignedCount.extend({ next_in_s: z.number().nullable() });

/** After the end of a window, for the transactions that were still in it. */
const SETTLE_MS = 50;

/** Assigns the requests whose window is over, all together. Safe to call twice at once. @throws ApiError */
export async function assignWaiting(platform: Platform): Promise<z.infer<typeof assignedCount>> {
  const { idle_credit_s, dispatches } = await platform.database.call(
    "get_waiting_dispatches",
    {},
    waiting,
  );
  if (dispatches.length === 0) return { assigned: 0, postponed: 0 };
  const orders = assignBatch(dispatches, { idleCreditS: idle_credit_s });
  const { next_in_s, ...counts } = await platform.database.call("assign_dispatches", {
    p_orders: orders.map(({ dispatch_id, trip_ids }) => ({
      dispatch_id,
      trip_ids: trip_ids === null ? null : [...trip_ids],
    })),
  }, assignAnswer);
  assignLater(platform, next_in_s);
  return counts;
}

/**
 * Assigns once a request's window is over: whoever opened a request sees to it. Should the isolate end before,
 * `sweep_dispatch` sends the offers in the order of the list.
 */
export function assignLater(platform: Platform, offersInS: number | null): void {
  if (offersInS === null) return;
  platform.afterResponse(async () => {
    await assignWaiting(platform);
  }, { afterMs: offersInS * 1000 + SETTLE_MS });
}
