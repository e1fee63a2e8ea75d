import {
  ApiError,
  createHandler,
  endpoint,
  type Platform,
  type WhatsAppConfig,
} from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import * as contract from "../webhook-contract/mod.ts";
import { GraphClient } from "../whatsapp/mod.ts";
import { type Received, receiveWebhook } from "./receive.ts";
import { Rollout } from "./rollout.ts";
import { verifySubscription } from "./verify-subscription.ts";
import { type Queue, Worker } from "./worker.ts";

const GRAPH_DEADLINE_MS = 10_000;

/** The whatsapp-webhook function: what Meta posts, and the worker that answers it. */
export function createWebhookHandler(
  platform: Platform,
  { config, strategies, ...rest }: {
    readonly config: WhatsAppConfig;
    readonly strategies: Strategies;
    readonly fetch?: typeof fetch;
  },
): (request: Request) => Promise<Response> {
  const graph = new GraphClient({ ...config, deadlineMs: GRAPH_DEADLINE_MS, ...rest });
  const worker = new Worker(platform, { config, strategies, graph, ...rest });
  const rollout = new Rollout(platform.database);

  async function receive(request: Request): Promise<Response> {
    const received = await receiveWebhook(platform, { request, config, rollout });
    const queues = queuesOf(received);
    if (queues.length > 0) platform.afterResponse(() => worker.drain(queues));
    return Response.json({ received: received.received });
  }

  return createHandler(platform, {
    name: "whatsapp-webhook",
    needsDatabase: true,
    rawEndpoints: [
      {
        ...contract.verifyWebhook,
        handle: (request) =>
          Promise.resolve(verifySubscription(new URL(request.url), config.verifyToken)),
      },
      { ...contract.receiveWebhook, handle: receive },
    ],
    endpoints: [endpoint({
      ...contract.work,
      handle: async ({ caller }) => {
        if (caller.kind !== "service") throw new ApiError("FORBIDDEN", "Work is for the service");
        return { body: await worker.work() };
      },
    })],
  });
}

/** What there may be to do after a webhook: most bring only news of messages that went out. */
function queuesOf({ messages, failures, forwards }: Received): Queue[] {
  const queues: Queue[] = [];
  if (messages > 0) queues.push("inbox");
  if (failures) queues.push("outbox");
  if (forwards > 0) queues.push("deliveries");
  return queues;
}
