import assert from "node:assert/strict";
import { createClient, type RealtimeChannel, type SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { World } from "./stack.ts";

/** A broadcast that arrived, `at` in milliseconds since 1970; one of bytes alone has them as `bytes`. */
export interface Received {
  readonly topic: string;
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** How a subscription went on, such as "SUBSCRIBED" or "CHANNEL_ERROR", and why. */
export interface StatusChange {
  readonly status: string;
  readonly reason: string | undefined;
}

/** A topic that somebody subscribed to, or tried to. */
export interface Subscription {
  readonly topic: string;
  readonly channel: RealtimeChannel;
  /** What it first came to. */
  readonly first: StatusChange;
  readonly statuses: readonly StatusChange[];
  readonly received: readonly Received[];
  /** What the server said of the channel itself. */
  readonly system: readonly string[];
}

/** Who listens, and how. */
export interface ListenerOptions {
  /** Asked for on connecting, and on every heartbeat. */
  readonly token?: () => Promise<string>;
  /** The publishable key by default. */
  readonly key?: string;
  /** The stack's own address by default. */
  readonly url?: string;
  readonly heartbeatIntervalMs?: number;
}

const broadcast = z.object({
  event: z.string(),
  payload: z.union([
    z.instanceof(ArrayBuffer).transform((buffer) => ({ bytes: [...new Uint8Array(buffer)] })),
    z.record(z.string(), z.unknown()),
  ]),
});
const system = z.object({ message: z.string() });

/** The real client, with what it receives written down. */
export class Listener {
  readonly client: SupabaseClient;
  /** Everything received, whatever the topic, in the order of its arrival. */
  readonly received: Received[] = [];

  constructor({ info }: World, options: ListenerOptions = {}) {
    const { token, key = info.publishable_key, url = info.api_url } = options;
    this.client = createClient(url, key, {
      ...(token === undefined ? {} : { accessToken: token }),
      auth: { persistSession: false, autoRefreshToken: false },
      realtime: {
        reconnectAfterMs: () => 50,
        ...(options.heartbeatIntervalMs === undefined
          ? {}
          : { heartbeatIntervalMs: options.heartbeatIntervalMs }),
      },
    });
  }

  /** Subscribes to a topic, in private unless told otherwise, and waits for what it comes to. */
  async subscribe(
    topic: string,
    config: Parameters<SupabaseClient["channel"]>[1] = { config: { private: true } },
  ): Promise<Subscription> {
    // As Supabase tells to: a client joins with the token it has by then.
    await this.client.realtime.setAuth();
    const channel = this.client.channel(topic, config);
    const received: Received[] = [];
    const statuses: StatusChange[] = [];
    const messages: string[] = [];
    const first = Promise.withResolvers<StatusChange>();
    channel.on("broadcast", { event: "*" }, (message: unknown) => {
      const one = { topic, at: Date.now(), ...broadcast.parse(message) };
      received.push(one);
      this.received.push(one);
    });
    channel.on("system", {}, (message: unknown) => messages.push(system.parse(message).message));
    channel.subscribe((status, error) => {
      const change = { status, reason: error?.message };
      statuses.push(change);
      first.resolve(change);
    });
    return { topic, channel, first: await first.promise, statuses, received, system: messages };
  }

  /** Subscribes to topics, each of which must be open. */
  async listen(...topics: string[]): Promise<void> {
    for (const topic of topics) {
      const { first } = await this.subscribe(topic);
      assert.deepEqual(first, { status: "SUBSCRIBED", reason: undefined }, topic);
    }
  }

  async close(): Promise<void> {
    await this.client.removeAllChannels();
  }
}

/** Runs `body` with listeners that are closed behind it. */
export async function withListeners(
  world: World,
  body: (listener: (options?: ListenerOptions) => Listener) => Promise<void>,
): Promise<void> {
  const listeners: Listener[] = [];
  try {
    await body((options) => {
      const listener = new Listener(world, options);
      listeners.push(listener);
      return listener;
    });
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()));
  }
}

/** A listener's options for a signed-in user. */
export function signedIn(world: World, user: string): ListenerOptions {
  return { token: () => world.http.token(user) };
}

/** Waits until something has happened. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Sends a last message to topics and waits until each of these listeners has had it on each topic it
 * listens to: nothing that was sent before is still on its way.
 */
export async function flush(
  world: World,
  subscriptions: readonly { topic: string; listener: Listener }[],
): Promise<void> {
  const last = `last_${crypto.randomUUID()}`;
  const topics = [...new Set(subscriptions.map(({ topic }) => topic))];
  await world.sql`
    select realtime.send('{}', ${last}, topic) from unnest(${topics}::text[]) topic`;
  for (const { topic, listener } of subscriptions) {
    const arrived = (one: Received): boolean => one.topic === topic && one.event === last;
    await until(() => listener.received.some(arrived), `the last message on ${topic}`);
  }
  for (const { listener } of subscriptions) {
    const kept = listener.received.filter(({ event }) => event !== last);
    listener.received.splice(0, Infinity, ...kept);
  }
}
