import { type Broadcast, encodeBroadcast, type Vsn } from "./frame.ts";

/** Somebody who joined a topic (with its "realtime:"). */
export interface Subscriber {
  readonly topic: string;
  /** Private and public channels of one topic never hear each other. */
  readonly private: boolean;
  readonly vsn: Vsn;
  /** One frame; `messageId` is that of the stored message it tells, if it tells one. */
  deliver(frame: string | Uint8Array<ArrayBuffer>, messageId: string | undefined): void;
}

/** To whom a broadcast goes. */
export interface Address {
  readonly topic: string;
  readonly private: boolean;
  readonly messageId?: string;
  /** Who sent it and does not want it back. */
  readonly except?: Subscriber | undefined;
}

/** Who listens to what, in this process. */
export class Hub {
  readonly #subscribers = new Map<string, Set<Subscriber>>();

  /** Adds a subscriber; the answer removes it again. */
  subscribe(subscriber: Subscriber): () => void {
    const key = keyOf(subscriber);
    const others = this.#subscribers.get(key) ?? new Set();
    this.#subscribers.set(key, others.add(subscriber));
    return () => {
      others.delete(subscriber);
      if (others.size === 0 && this.#subscribers.get(key) === others) this.#subscribers.delete(key);
    };
  }

  /** Delivers to each subscriber of the address at once, written once for each version. */
  publish(broadcast: Broadcast, address: Address): void {
    const frames = new Map<Vsn, ReturnType<typeof encodeBroadcast>>();
    for (const subscriber of [...this.#subscribers.get(keyOf(address)) ?? []]) {
      const { topic, vsn } = subscriber;
      if (subscriber === address.except) continue;
      if (!frames.has(vsn)) frames.set(vsn, encodeBroadcast(topic, { broadcast, vsn }));
      const frame = frames.get(vsn);
      if (frame !== undefined) subscriber.deliver(frame, address.messageId);
    }
  }
}

function keyOf(address: { readonly topic: string; readonly private: boolean }): string {
  return `${address.private ? "private" : "public"} ${address.topic}`;
}
