import { mayBroadcast, mayReceive, sqlState } from "./authorization.ts";
import type { Broadcast, Message, Ref, Vsn } from "./frame.ts";
import type { Hub, Subscriber } from "./hub.ts";
import type { JoinConfig } from "./join-config.ts";
import { RefusedError } from "./refused-error.ts";
import type { RelayDatabase } from "./relay-database.ts";
import { replayMessages, type StoredMessage } from "./stored-messages.ts";
import { expiredError, type Identity } from "./token.ts";

/** What a join asks for, and of whom. */
export interface ChannelOptions {
  /** Without its "realtime:". */
  readonly topic: string;
  readonly joinRef: Ref;
  /** That of the message which the join is answered to. */
  readonly ref: Ref;
  readonly config: JoinConfig;
  readonly identity: Identity;
  readonly vsn: Vsn;
  readonly database: RelayDatabase;
  readonly hub: Hub;
  send(message: Message): void;
  deliver(frame: string | Uint8Array<ArrayBuffer>): void;
  onClosed(): void;
  onError(error: unknown): void;
}

// Timers hold at most 24 days; a token may be good for years.
const LONGEST_TIMER_MS = 3_600_000;

/** One joined topic of one connection. */
export class Channel {
  readonly #options: ChannelOptions;
  readonly #subscriber: Subscriber;
  readonly #replayed = new Set<string>();
  #unsubscribe: (() => void) | undefined;
  #identity: Identity;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #maySend: boolean | undefined;

  private constructor(options: ChannelOptions) {
    this.#options = options;
    this.#identity = options.identity;
    this.#subscriber = {
      topic: this.#wireTopic,
      private: options.config.private,
      vsn: options.vsn,
      deliver: (frame, id) => {
        if (id === undefined || !this.#replayed.has(id)) options.deliver(frame);
      },
    };
  }

  /**
   * Asks the database whether the topic may be joined. Nothing is received before `open()`.
   * @throws {RefusedError}
   */
  static async authorize(options: ChannelOptions): Promise<() => Channel> {
    const { config, database, topic } = options;
    const { replay } = config.broadcast;
    if (replay !== undefined && !config.private) {
      const reason = "Replay is not allowed for public channels";
      throw new RefusedError("UnableToReplayMessages", reason);
    }
    if (config.private) await authorize(options, options.identity);
    const messages = replay === undefined
      ? []
      : await replayMessages(database, { topic, ...replay });
    return () => {
      const channel = new Channel(options);
      channel.#open(messages);
      return channel;
    };
  }

  get joinRef(): Ref {
    return this.#options.joinRef;
  }

  /** Goes on as somebody else, or as the same for longer; closes when that one may not listen. */
  async renew(identity: Identity): Promise<void> {
    if (this.#options.config.private) await authorize(this.#options, identity);
    if (this.#unsubscribe === undefined) return;
    this.#identity = identity;
    this.#maySend = undefined;
    this.#watchExpiry();
  }

  /** Sends what the client says to the others; what its policies do not allow goes nowhere, without a word. */
  async broadcast(broadcast: Broadcast, ref: Ref): Promise<void> {
    const { config, database, hub, topic } = this.#options;
    if (config.private) {
      this.#maySend ??= await mayBroadcast(database, { claims: this.#identity.claims, topic });
      if (!this.#maySend) return;
    }
    hub.publish(broadcast, {
      topic: this.#wireTopic,
      private: config.private,
      ...config.broadcast.self ? {} : { except: this.#subscriber },
    });
    if (config.broadcast.ack) this.reply(ref, { status: "ok", response: {} });
  }

  /** Answers a message of the client's. */
  reply(ref: Ref, payload: { status: "ok" | "error"; response: unknown }): void {
    this.#push({ event: "phx_reply", ref, payload });
  }

  /** Tells the client why, and closes. */
  shutDown({ message }: RefusedError): void {
    if (this.#unsubscribe === undefined) return;
    this.#system("system", { status: "error", message });
    this.close();
  }

  /** Ends it, and tells the client. */
  close(): void {
    if (this.#unsubscribe === undefined) return;
    this.drop();
    this.#push({ event: "phx_close", ref: this.joinRef, payload: {} });
    this.#options.onClosed();
  }

  /** Ends it without a word: there is nobody left to tell. */
  drop(): void {
    clearTimeout(this.#expiry);
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  get #wireTopic(): string {
    return `realtime:${this.#options.topic}`;
  }

  #open(messages: readonly StoredMessage[]): void {
    const { config, hub, ref } = this.#options;
    this.#unsubscribe = hub.subscribe(this.#subscriber);
    const postgres_changes = config.postgres_changes.map((change, id) => ({
      ...change,
      id: id + 1,
    }));
    this.reply(ref, { status: "ok", response: { postgres_changes } });
    for (const { id, event, payload } of messages) {
      this.#replayed.add(id);
      const meta = { replayed: true, id };
      this.#push({ event: "broadcast", payload: { type: "broadcast", event, payload, meta } });
    }
    if (config.presence.enabled) this.#push({ event: "presence_state", payload: {} });
    if (config.broadcast.replication_ready) {
      this.#system("system", { status: "ok", message: "Replication connection established" });
    }
    if (postgres_changes.length > 0) {
      const message = "Changes of tables are not told by the embedded stack";
      this.#system("postgres_changes", { status: "error", message });
    }
    this.#watchExpiry();
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const { expires_at } = this.#identity;
    if (expires_at === undefined) return;
    const left = expires_at - Date.now();
    if (left <= 0) this.shutDown(expiredError(expires_at));
    else {
      this.#expiry = setTimeout(() => this.#watchExpiry(), Math.min(left, LONGEST_TIMER_MS));
    }
  }

  #system(extension: string, said: { status: "ok" | "error"; message: string }): void {
    const payload = { extension, ...said, channel: this.#options.topic };
    this.#push({ event: "system", payload });
  }

  #push({ event, payload, ref = null }: { event: string; payload: unknown; ref?: Ref }): void {
    const { joinRef: join_ref } = this.#options;
    this.#options.send({ join_ref, ref, topic: this.#wireTopic, event, payload });
  }
}

async function authorize(
  { database, topic, onError }: ChannelOptions,
  { claims }: Identity,
): Promise<void> {
  try {
    if (await mayReceive(database, { claims, topic })) return;
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    // A policy that fails lets nobody in.
    onError(error);
  }
  throw new RefusedError(
    "Unauthorized",
    `You do not have permissions to read from this Channel topic: ${topic}`,
  );
}
