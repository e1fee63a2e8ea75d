import { z } from "zod";
import { pause } from "./caller.ts";
import type { LivingCity } from "./city.ts";
import { tripAnswer } from "./fleet.ts";
import type { Stage } from "./stage.ts";

/** Who settles, and whom to tell. */
export interface SettleOptions {
  readonly city: LivingCity;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

const pending = z.object({
  rides: z.number(),
  searches: z.number(),
  inbox: z.number(),
  outbox: z.number(),
  deliveries: z.number(),
});

const PATIENCE_MS = 150_000;
/** After it, the waiting times before the next attempt are cut short: minutes of backoff say nothing more. */
const HURRY_AFTER_MS = 45_000;
const QUIET_S = 4;

/** Waits until everybody is home and the queues are empty; what is left then is for the checks to tell. */
export async function settle(stage: Stage, options: SettleOptions): Promise<void> {
  const { sql } = stage;
  const { city, onProgress, signal } = options;
  const startedAt = performance.now();
  let quiet = 0;
  let saidAt = -Infinity;
  while (quiet < QUIET_S && !signal.aborted) {
    const left = await pendingIn(stage);
    const isOver = Object.values(left).every((count) => count === 0) && !city.isBusy();
    quiet = isOver ? quiet + 1 : 0;
    const waited = performance.now() - startedAt;
    if (waited > PATIENCE_MS) {
      onProgress(`it does not settle: ${JSON.stringify(left)}`);
      return;
    }
    if (!isOver && waited - saidAt > 10_000) {
      onProgress(`still: ${JSON.stringify(left)}${city.isBusy() ? ", somebody is busy" : ""}`);
      saidAt = waited;
    }
    if (waited > HURRY_AFTER_MS) {
      await sql`delete from mobility.sending_pairs`;
      await sql`update mobility.outbox set not_before = now() where not_before > now()`;
      await sql`update mobility.inbox set not_before = now() where not_before > now()`;
    }
    // Who has found nobody in the chat gives it up.
    if (!city.isBusy() && left.rides === 0 && left.searches > 0) await giveUpWishes(stage, city);
    await pause(1_000, signal);
  }
}

async function pendingIn({ sql }: Stage): Promise<z.infer<typeof pending>> {
  const [row] = await sql`
    select (select count(*)::integer from mobility.matches where live) as rides,
      (select count(*)::integer from mobility.trips where role = 'passenger' and status = 'open') as searches,
      (select count(*)::integer from mobility.inbox where done_at is null) as inbox,
      (select count(*)::integer from mobility.outbox where status = 'queued') as outbox,
      (select count(*)::integer from mobility.deliveries where status = 'queued') as deliveries`;
  return pending.parse(row);
}

async function giveUpWishes({ sql }: Stage, { caller }: LivingCity): Promise<void> {
  const open = await sql<{ id: string }[]>`
    select id from mobility.trips where role = 'passenger' and status = 'open'`;
  for (const { id } of open) {
    await caller.ask({
      step: "cancel trip",
      method: "DELETE",
      path: `/orchestrator/trips/${id}`,
      body: { reason: "everybody goes home" },
      answer: tripAnswer,
    });
  }
}
