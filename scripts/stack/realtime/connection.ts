import { FrameError } from "./binary-frame.ts";
import { Channel, type ChannelOptions } from "./channel.ts";
import { decodeFrame, encodeMessage, type Incoming, type Message, type Vsn } from "./frame.ts";
import type { Hub } from "./hub.ts";
import { readJoin, readNewToken } from "./join-config.ts";
import { RefusedError } from "./refused-error.ts";
import type { RelayDatabase } from "./relay-database.ts";
import { type Identity, readToken } from "./token.ts";

/** What a connection stands on, and who opened it. */
export interface ConnectionOptions {
  readonly database: RelayDatabase;
  readonly hub: Hub;
  readonly jwtSecret: string;
  readonly vsn: Vsn;
  /** Whom the API key stands for. */
  readonly identity: Identity;
  readonly onError: (error: unknown) => void;
}

// As on Supabase.
const MOST_CHANNELS = 100;
const TOPIC = "realtime:";

/** One WebSocket of a client's: reads its messages one after the other, as Phoenix does. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #channels = new Map<string, Channel>();
  #last = Promise.resolve();
  #closed = false;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.#last = this.#last.then(() => this.#receive(data));
    };
    socket.onclose = () => this.#drop();
    // A connection that was cut; its close follows.
    socket.onerror = () => {};
  }

  /** Ends the connection; a client comes back when it is closed without a code. */
  close(): void {
    this.#drop();
    this.#socket.close();
  }

  #drop(): void {
    this.#closed = true;
    for (const channel of this.#channels.values()) channel.drop();
    this.#channels.clear();
  }

  async #receive(data: string | ArrayBuffer): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#handle(decodeFrame(data, this.#options.vsn));
    } catch (error) {
      if (error instanceof FrameError) this.close();
      else this.#options.onError(error);
    }
  }

  async #handle(incoming: Incoming): Promise<void> {
    const { topic, join_ref, ref } = incoming;
    const channel = this.#channels.get(topic);
    if (incoming.kind === "user_push") {
      const { event, encoding, bytes } = incoming;
      if (channel === undefined) this.#reply(incoming, "unmatched topic");
      else await channel.broadcast({ kind: "user", event, encoding, bytes }, ref);
      return;
    }
    const { event, payload } = incoming;
    if (topic === "phoenix" && event === "heartbeat") return this.#reply(incoming);
    if (event === "phx_join") return await this.#join(incoming);
    if (event === "phx_leave") {
      this.#reply(incoming);
      // One that a later join has replaced may still say goodbye.
      if (join_ref === null || join_ref === channel?.joinRef) channel?.close();
      return;
    }
    if (channel === undefined) return this.#reply(incoming, "unmatched topic");
    if (event === "access_token") return await this.#renew(channel, readNewToken(payload));
    if (event === "broadcast") return await channel.broadcast({ kind: "message", payload }, ref);
    // Nobody's presence is told to anybody, but the client need not wait for an answer.
    if (event === "presence") this.#reply(incoming);
  }

  async #join(message: Message): Promise<void> {
    if (!message.topic.startsWith(TOPIC)) return this.#reply(message, "unmatched topic");
    this.#channels.get(message.topic)?.close();
    try {
      const open = await Channel.authorize(await this.#request(message));
      if (!this.#closed) this.#channels.set(message.topic, open());
    } catch (error) {
      this.#reply(message, this.#refusal(error).reason);
    }
  }

  async #request({ topic, join_ref, ref, payload }: Message): Promise<ChannelOptions> {
    if (topic === TOPIC) {
      throw new RefusedError("TopicNameRequired", "You must provide a topic name");
    }
    if (this.#channels.size >= MOST_CHANNELS) {
      throw new RefusedError("ChannelRateLimitReached", "Too many channels");
    }
    const { config, access_token } = readJoin(payload);
    const { database, hub, vsn, onError } = this.#options;
    return {
      topic: topic.slice(TOPIC.length),
      joinRef: join_ref,
      ref,
      config,
      identity: await this.#identify(access_token),
      vsn,
      database,
      hub,
      send: (message) => this.#send(encodeMessage(message, vsn)),
      deliver: (frame) => this.#send(frame),
      onClosed: () => void this.#channels.delete(topic),
      onError,
    };
  }

  async #renew(channel: Channel, token: string | undefined): Promise<void> {
    if (token === undefined) return;
    try {
      await channel.renew(await this.#identify(token));
    } catch (error) {
      channel.shutDown(this.#refusal(error));
    }
  }

  async #identify(token: string | undefined): Promise<Identity> {
    const { identity, jwtSecret } = this.#options;
    return token === undefined ? identity : await readToken(token, jwtSecret);
  }

  #refusal(error: unknown): RefusedError {
    if (error instanceof RefusedError) return error;
    this.#options.onError(error);
    const message = "Realtime was unable to connect to the project database";
    return new RefusedError("UnableToConnectToProject", message);
  }

  #reply({ join_ref, ref, topic }: Omit<Message, "event" | "payload">, reason?: string): void {
    const payload = reason === undefined
      ? { status: "ok", response: {} }
      : { status: "error", response: { reason } };
    const message = { join_ref, ref, topic, event: "phx_reply", payload };
    this.#send(encodeMessage(message, this.#options.vsn));
  }

  #send(frame: string | Uint8Array<ArrayBuffer>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }
}
