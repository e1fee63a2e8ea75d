import { z } from "zod";
import { createDeliveryPump, createOutboxPump } from "../outbox/mod.ts";
import type { Platform, Pump, PumpBudget, WhatsAppConfig } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import type { GraphClient } from "../whatsapp/mod.ts";
import { createInboxPump } from "./inbox-pump.ts";

/** Milliseconds for which a drain claims; what it has begun by then takes some seconds more. */
const DRAIN_MS = 20_000;
const FINISH_MS = 15_000;
/** An isolate has little processor time for a request; another one goes on. */
const DRAIN_ITEMS = 200;

/** What was worked on: events answered, messages sent or not, posts made. */
export interface WorkCounts {
  readonly events: number;
  readonly sent: number;
  readonly failed: number;
  readonly deliveries: number;
}

/** The queues that a drain looks at. */
export type Queue = "inbox" | "outbox" | "deliveries";

/** What a worker needs beside the platform. */
export interface WorkerOptions {
  readonly config: WhatsAppConfig;
  readonly strategies: Strategies;
  readonly graph: GraphClient;
  /** Makes the posts to the operator's own systems. */
  readonly fetch?: typeof fetch;
}

/** Empties the chat's queues. There is one in an isolate, however many requests ask it to drain. */
export class Worker {
  readonly #platform: Platform;
  readonly #pumps: Readonly<Record<Queue, Pick<Pump<unknown, unknown>, "run">>>;
  readonly #counts = { events: 0, sent: 0, failed: 0, deliveries: 0 };

  constructor(platform: Platform, { config, strategies, graph, ...rest }: WorkerOptions) {
    this.#platform = platform;
    const outbox = createOutboxPump(platform, {
      graph,
      tripPageUrl: config.tripPageUrl,
      onOutcome: (outcome) => void this.#counts[outcome === "sent" ? "sent" : "failed"]++,
    });
    this.#pumps = {
      inbox: createInboxPump(platform, {
        strategies,
        graph,
        markRead: config.markRead,
        onAnswered: () => {
          this.#counts.events++;
          // What is said goes out while the next ones are being answered; the drain waits for it.
          outbox.run(budget()).catch(() => {});
        },
      }),
      outbox,
      deliveries: createDeliveryPump(platform, {
        urls: { v1: config.v1WebhookUrl, sos: config.sosWebhookUrl },
        sosSecret: config.sosSecret,
        onOutcome: (outcome) => void (this.#counts.deliveries += outcome === "sent" ? 1 : 0),
        ...rest,
      }),
    };
  }

  /** Works until these queues, and those they feed, have nothing left. @throws ApiError when one cannot be read */
  async drain(queues: readonly Queue[]): Promise<void> {
    const { events } = this.#counts;
    try {
      await this.#run(queues);
      if (this.#counts.events > events) await this.#run(["outbox", "deliveries"]);
    } finally {
      await this.#platform.metrics.flush();
    }
  }

  /** Drains everything, for half a minute at most, and says what was done meanwhile. @throws as drain */
  async work(): Promise<WorkCounts> {
    const before = { ...this.#counts };
    const startedAt = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS + FINISH_MS);
    });
    const drained = this.drain(["inbox", "outbox", "deliveries"])
      .then(() => this.#recordPass(performance.now() - startedAt));
    await Promise.race([drained, patience]).finally(() => clearTimeout(timer));
    return {
      events: this.#counts.events - before.events,
      sent: this.#counts.sent - before.sent,
      failed: this.#counts.failed - before.failed,
      deliveries: this.#counts.deliveries - before.deliveries,
    };
  }

  /** Lets the database know that somebody works; what was done stands without it. */
  async #recordPass(durationMs: number): Promise<void> {
    await this.#platform.database
      .call("record_work", { p_duration_ms: Math.round(durationMs) }, z.unknown())
      .catch(() => {});
  }

  async #run(queues: readonly Queue[]): Promise<void> {
    const runs = queues.map((queue) => this.#pumps[queue].run(budget()));
    const failed = (await Promise.allSettled(runs)).find((run) => run.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }
}

function budget(): PumpBudget {
  return { until: Date.now() + DRAIN_MS, items: DRAIN_ITEMS };
}
