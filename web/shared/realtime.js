// @ts-check
import { backoffMs } from "./backoff.js";
import { field } from "./field.js";
import { decodeFrame, encodeFrame } from "./realtime-frame.js";

/** @typedef {import("./realtime-frame.js").Frame} Frame */

/**
 * The way to what happens, and the token that opens it until `expires_at`.
 * @typedef {object} Realtime
 * @property {string} url
 * @property {string} apikey
 * @property {string} topic
 * @property {string} access_token
 * @property {string} expires_at
 */

/**
 * What becomes of a channel.
 * @typedef {object} Listener
 * @property {() => void} joined From now on, nothing is missed.
 * @property {() => void} lost From now on, things are missed; the channel comes back by itself.
 * @property {() => void} refused As lost; and the token opened nothing, another one is needed.
 * @property {(event: string, payload: unknown) => void} event
 */

/** Supabase closes a connection that is silent for a minute. */
const HEARTBEAT_MS = 20_000;
const JOIN_PATIENCE_MS = 10_000;
const PHOENIX = "phoenix";

/** One private channel of Supabase Realtime, kept open. */
export class RealtimeChannel {
  /** @type {Listener} */
  #listener;
  /** @type {Realtime | null} */
  #access = null;
  /** @type {WebSocket | null} */
  #socket = null;
  #isJoined = false;
  #failures = 0;
  #ref = 0;
  #joinRef = "";
  /** The heartbeat that has no answer yet. @type {string | null} */
  #unanswered = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #heartbeat;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  get isJoined() {
    return this.#isJoined;
  }

  /**
   * Opens the channel, or goes on with a newer token.
   * @param {Realtime} access
   */
  use(access) {
    const isNew = access.access_token !== this.#access?.access_token;
    this.#access = access;
    if (this.#isJoined && isNew) {
      this.#push("access_token", { access_token: access.access_token });
    } else if (this.#socket === null && this.#retry === undefined) this.#connect();
  }

  /** Waits until it is told to reconnect, or used again: the phone is offline. */
  suspend() {
    this.#drop();
  }

  /** Tries at once: the phone is online again. A connection from before may be dead without knowing it. */
  reconnect() {
    this.#drop();
    this.#failures = 0;
    this.#connect();
  }

  /** Closes the channel until it is used again. */
  close() {
    this.#drop();
    this.#access = null;
    this.#failures = 0;
  }

  #connect() {
    if (this.#access === null) return;
    const { url, apikey } = this.#access;
    const socket = new WebSocket(`${url}?apikey=${encodeURIComponent(apikey)}&vsn=2.0.0`);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#join();
    socket.onmessage = ({ data }) => this.#receive(decodeFrame(data));
    socket.onclose = () => this.#fail();
    this.#heartbeat = setTimeout(() => this.#fail(), JOIN_PATIENCE_MS);
  }

  #join() {
    this.#joinRef = String(++this.#ref);
    this.#send({
      joinRef: this.#joinRef,
      ref: this.#joinRef,
      topic: this.#topic,
      event: "phx_join",
      payload: {
        config: {
          broadcast: { ack: false, self: false },
          presence: { enabled: false, key: "" },
          postgres_changes: [],
          private: true,
        },
        access_token: this.#access?.access_token,
      },
    });
  }

  /** @param {Frame | null} frame */
  #receive(frame) {
    if (frame === null) return;
    const { topic, event, ref, payload } = frame;
    if (event === "phx_reply" && ref === this.#unanswered) this.#unanswered = null;
    if (topic !== this.#topic) return;
    if (event === "broadcast") {
      const name = field(payload, "event");
      if (typeof name === "string") this.#listener.event(name, field(payload, "payload"));
    } else if (event === "phx_reply" && ref === this.#joinRef && !this.#isJoined) {
      if (field(payload, "status") === "ok") this.#beJoined();
      else this.#fail({ isRefused: true });
    } else if (event === "phx_close" || event === "phx_error" || isFailure(frame)) {
      this.#fail({ isRefused: true });
    }
  }

  #beJoined() {
    this.#isJoined = true;
    this.#failures = 0;
    this.#unanswered = null;
    this.#beatLater();
    this.#listener.joined();
  }

  #beatLater() {
    clearTimeout(this.#heartbeat);
    this.#heartbeat = setTimeout(() => {
      if (this.#unanswered !== null) return this.#fail();
      this.#unanswered = String(++this.#ref);
      this.#send({
        joinRef: null,
        ref: this.#unanswered,
        topic: PHOENIX,
        event: "heartbeat",
        payload: {},
      });
      this.#beatLater();
    }, HEARTBEAT_MS);
  }

  #fail({ isRefused = false } = {}) {
    const wasJoined = this.#isJoined;
    this.#drop();
    this.#failures++;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#connect();
    }, backoffMs(this.#failures));
    if (isRefused) this.#listener.refused();
    else if (wasJoined) this.#listener.lost();
  }

  #drop() {
    clearTimeout(this.#retry);
    clearTimeout(this.#heartbeat);
    this.#retry = undefined;
    this.#isJoined = false;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /**
   * @param {string} event
   * @param {unknown} payload
   */
  #push(event, payload) {
    const ref = String(++this.#ref);
    this.#send({ joinRef: this.#joinRef, ref, topic: this.#topic, event, payload });
  }

  /** @param {Frame} frame */
  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(frame));
  }

  get #topic() {
    return `realtime:${this.#access?.topic}`;
  }
}

/** The server's word that it ends the channel, as when the token has expired. @param {Frame} frame */
function isFailure({ event, payload }) {
  return event === "system" && field(payload, "status") === "error";
}
