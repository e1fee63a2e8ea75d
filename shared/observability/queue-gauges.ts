import { z } from "zod";
import type { Platform } from "../platform/mod.ts";
import { callBriefly } from "./brief-call.ts";

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
  { patienceMs }: { patienceMs?: number } = {},
): Promise<string> {
  const queues = await callBriefly(platform, {
    rpc: "queue_depths",
    answer: depths,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
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
