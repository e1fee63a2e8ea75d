// @ts-check
import { field } from "../shared/field.js";
import { RealtimeChannel } from "../shared/realtime.js";
import { ApiError } from "./api.js";
import { config } from "./config.js";

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Overview} Overview */
/** @typedef {import("./types.js").City} City */
/** @typedef {import("./types.js").Alert} Alert */
/** @typedef {import("./types.js").RideInFull} RideInFull */

/** How often to ask: drivers who are free come, go and move without a word. */
const POLL_MS = 10_000;
/** Changes that come together are asked for together. */
const GATHER_MS = 150;
/** Between two questions: a large city changes many times a second, and one look at it is no small thing. */
const LEAST_PAUSE_MS = 1_500;

/** Keeps the store up with what happens: told by Realtime, and by asking. */
export class Live {
  #api;
  #session;
  #store;
  #onConnection;
  #channel;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isAsking = false;
  /** Whether something happened since the last question was put. */
  #isBehind = false;
  /** Whether somebody waits for another answer. */
  #isWanted = false;
  #answeredAt = -Infinity;
  #dueAt = Infinity;
  /** The code of what went wrong last; null when nothing did. @type {string | null} */
  problem = null;

  /** @param {{ api: Api, session: Session, store: Store, onConnection: () => void }} parts */
  constructor({ api, session, store, onConnection }) {
    this.#api = api;
    this.#session = session;
    this.#store = store;
    this.#onConnection = onConnection;
    this.#channel = new RealtimeChannel({
      // What happened before the channel was open is asked for.
      joined: () => this.#refreshSoon(),
      lost: () => onConnection(),
      refused: () => onConnection(),
      event: (event, payload) => this.#take(event, payload),
    });
    addEventListener("online", () => {
      this.#channel.reconnect();
      void this.refresh();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.refresh();
    });
  }

  /** Whether things are told as they happen. */
  get isLive() {
    return this.#channel.isJoined;
  }

  /** Begins, or goes on with another token. */
  start() {
    const { token, key } = this.#session;
    if (token === null) return;
    // Without a key, asking has to do.
    if (key !== "") {
      this.#channel.use({
        url: config.realtimeUrl ||
          `${location.origin.replace(/^http/, "ws")}/realtime/v1/websocket`,
        apikey: key,
        topic: "operators",
        access_token: token,
        expires_at: "",
      });
    }
    void this.refresh();
  }

  /** Ends everything. */
  stop() {
    this.problem = null;
    this.#forgetToAsk();
    this.#channel.close();
  }

  /** Asks how things are now. */
  async refresh() {
    if (this.#session.token === null) return;
    if (this.#isAsking) {
      this.#isWanted = true;
      return;
    }
    this.#isAsking = true;
    this.#isBehind = false;
    this.#isWanted = false;
    this.#forgetToAsk();
    const { token } = this.#session;
    try {
      await this.#ask();
      this.problem = null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // What somebody else was refused, who has left meanwhile, is nobody's problem.
      if (token === this.#session.token) this.problem = error.code;
      else this.#isWanted = true;
    } finally {
      this.#isAsking = false;
      this.#answeredAt = performance.now();
      this.#onConnection();
      if (this.#session.token !== null) {
        this.#askIn(this.#isWanted ? 0 : this.#isBehind ? this.#pauseMs : POLL_MS);
      }
    }
  }

  async #ask() {
    const store = this.#store;
    const { vehicle_type, area } = store.filter;
    const query = { ...vehicle_type && { vehicle_type }, ...area && { area } };
    const ride = store.selection?.kind === "ride" ? store.selection.id : null;
    store.city ??= /** @type {City} */ (await this.#api.get("city"));
    const [overview, alerts, full] = await Promise.all([
      this.#api.get("overview", query),
      this.#api.get("sos"),
      ride === null ? null : this.#rideOf(ride),
    ]);
    // The page and the API are of one version.
    if (full !== null && store.selection?.id === ride) store.ride = full;
    store.take(
      /** @type {Overview} */ (overview),
      /** @type {Alert[]} */ (field(alerts, "alerts")),
    );
  }

  /**
   * @param {string} id
   * @returns {Promise<RideInFull | null>} Null for one that does not exist.
   */
  async #rideOf(id) {
    try {
      return /** @type {RideInFull} */ (await this.#api.get(`rides/${id}`));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /**
   * @param {string} event
   * @param {unknown} payload
   */
  #take(event, payload) {
    if (event === "position_moved" && isMove(payload)) this.#store.move(payload);
    else this.#refreshSoon();
  }

  #refreshSoon() {
    this.#onConnection();
    this.#isBehind = true;
    if (!this.#isAsking) this.#askIn(this.#pauseMs);
  }

  /** How long a change may wait until it is asked for. */
  get #pauseMs() {
    return Math.max(GATHER_MS, this.#answeredAt + LEAST_PAUSE_MS - performance.now());
  }

  /** Asks then, unless it is to be asked earlier. @param {number} pauseMs */
  #askIn(pauseMs) {
    const dueAt = performance.now() + pauseMs;
    if (dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.refresh(), pauseMs);
  }

  #forgetToAsk() {
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
  }
}

/**
 * @param {unknown} value
 * @returns {value is { match_id: string, lat: number, lng: number, recorded_at: string }}
 */
function isMove(value) {
  return typeof field(value, "match_id") === "string" && typeof field(value, "lat") === "number" &&
    typeof field(value, "lng") === "number" && typeof field(value, "recorded_at") === "string";
}
