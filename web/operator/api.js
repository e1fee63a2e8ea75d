// @ts-check
import { field } from "../shared/field.js";
import { config } from "./config.js";

/** @typedef {import("./session.js").Session} Session */

const PATIENCE_MS = 15_000;

/** A refusal of the API, or a failure to reach it (status 0, code "UNREACHABLE"). */
export class ApiError extends Error {
  /** @override */
  name = "ApiError";

  /** @param {{ status: number, code: string }} refusal */
  constructor({ status, code }) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/** The calls for operators, as whoever is signed in. */
export class Api {
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} path Below /orchestrator/operator/.
   * @param {Record<string, string>} [query]
   * @returns {Promise<unknown>}
   * @throws {ApiError}
   */
  async get(path, query = {}) {
    const search = new URLSearchParams(query).toString();
    return await this.#call("GET", search === "" ? path : `${path}?${search}`);
  }

  /**
   * @param {string} path Below /orchestrator/operator/.
   * @param {unknown} body
   * @returns {Promise<unknown>}
   * @throws {ApiError}
   */
  async post(path, body) {
    return await this.#call("POST", path, body);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<unknown>}
   */
  async #call(method, path, body) {
    const { token, key } = this.#session;
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    try {
      const response = await fetch(`${config.apiUrl}/orchestrator/operator/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...key === "" ? {} : { apikey: key },
          ...body === undefined ? {} : { "content-type": "application/json" },
        },
        ...body === undefined ? {} : { body: JSON.stringify(body) },
        credentials: "omit",
        signal: giveUp.signal,
      });
      /** @type {unknown} */
      const answer = await response.json();
      if (response.ok) return answer;
      const code = field(field(answer, "error"), "code");
      // Unless somebody has signed in meanwhile.
      if (response.status === 401 && token === this.#session.token) this.#session.signOut();
      throw new ApiError({
        status: response.status,
        code: typeof code === "string" ? code : "UNKNOWN",
      });
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError({ status: 0, code: "UNREACHABLE" });
    } finally {
      clearTimeout(timer);
    }
  }
}
