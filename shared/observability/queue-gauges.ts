import { z } from "zod";
import type { Platform } from "../platform/mod.ts";

/** A scrape has little time; the database has more patience with its callers. */
const PATIENCE_MS = 2_000;
const depth = z.object({ pending: z.number(), oldest_s: z.number(), dead: z.number() });
const depths = z.object({ inbox: depth, outbox: depth, deliveries: depth });

const gauges = {
  pending: { name: "mobility_queue_pending", help: "Items of a queue that are not done" },
  oldest_s: { name: "mobility_queue_oldest_seconds", help: "Age of the oldest of them" },
  dead: { name: "mobility_queue_dead", help: "Items that were given up" },
} as const satisfies Record<keyof z.infer<typeof depth>, { name: string; help: string }>;

/** How full the chat's queues are, in the Prometheus text format; "" when the database does not say. */
export async function renderQueueGauges(
  platform: Platform,
  { patienceMs = PATIENCE_MS }: { patienceMs?: number } = {},
): Promise<string> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  // A database that is down is logged by its own client.
  const asked = platform.database.call("queue_depths", {}, depths).catch(() => undefined);
  const queues = await Promise.race([asked, patience]).finally(() => clearTimeout(timer));
  if (queues === undefined) return "";
  const lines = Object.values(depth.keyof().enum).flatMap((measure) => {
    const { name, help } = gauges[measure];
    return [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} gauge`,
      ...Object.entries(queues).map(([queue, values]) =>
        `${name}{queue="${queue}"} ${values[measure]}`
      ),
    ];
  });
  return lines.join("\n") + "\n";
}
