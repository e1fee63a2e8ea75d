import { z } from "zod";

const post = z.object({
  receiver: z.string(),
  alerts: z.array(z.object({
    status: z.enum(["firing", "resolved"]),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
  })),
});

/** What Alertmanager told somebody, and when. */
export interface Notification {
  /** Milliseconds of performance.now(). */
  readonly at: number;
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Takes Alertmanager's webhooks. */
export class Notifications implements AsyncDisposable {
  readonly all: Notification[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const { receiver, alerts } = post.parse(await request.json());
        const at = performance.now();
        for (const alert of alerts) this.all.push({ at, receiver, ...alert });
        return new Response(null, { status: 200 });
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The first notification after `since` about an alert with these labels; undefined when none comes in time. */
  async wait(
    { labels, status, since, ms, signal }: {
      readonly labels: Readonly<Record<string, string>>;
      readonly status: Notification["status"];
      readonly since: number;
      readonly ms: number;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Notification | undefined> {
    while (true) {
      signal?.throwIfAborted();
      const found = this.all.find((told) =>
        told.at >= since && told.status === status &&
        Object.entries(labels).every(([name, value]) => told.labels[name] === value)
      );
      if (found !== undefined || performance.now() - since > ms) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
