// @ts-check
import { config } from "./config.js";
import { field } from "../shared/field.js";

/** @typedef {import("./types.js").OpenedRide} OpenedRide */
/** @typedef {import("./types.js").Point} Point */

const PATIENCE_MS = 15_000;

/** A refusal of the API, or a failure to reach it (status 0, code "UNREACHABLE"). */
export class ApiError extends Error {
  /** @override */
  name = "ApiError";

  /** @param {{ status: number, code: string, retryAfterS?: number }} refusal */
  constructor({ status, code, retryAfterS = 0 }) {
    super(code);
    this.status = status;
    this.code = code;
    this.retryAfterS = retryAfterS;
  }

  /** Whether the link is of no use any more. */
  get isGone() {
    return this.code === "LINK_NOT_FOUND" || this.code === "LINK_EXPIRED";
  }
}

/**
 * The ride behind a link, as it is now.
 * @param {string} token
 * @returns {Promise<OpenedRide>}
 * @throws {ApiError}
 */
export async function openLink(token) {
  const answer = await post("/tracking/links/open", { token });
  if (!isOpenedRide(answer)) throw new ApiError({ status: 200, code: "UNREADABLE" });
  return answer;
}

/**
 * Sends where the driver was, the oldest point first.
 * @param {string} token
 * @param {Point[]} points
 * @returns {Promise<void>}
 * @throws {ApiError}
 */
export async function sendPositions(token, points) {
  await post("/tracking/links/positions", { token, points });
}

/**
 * The token goes in the body: addresses are written into logs.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<unknown>}
 */
async function post(path, body) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const response = await fetch(config.apiUrl + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      // The last points of a page that is closed arrive all the same.
      keepalive: true,
      signal: giveUp.signal,
    });
    /** @type {unknown} */
    const answer = await response.json();
    if (!response.ok) throw refusal(response, answer);
    return answer;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError({ status: 0, code: "UNREACHABLE" });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} response
 * @param {unknown} answer
 */
function refusal(response, answer) {
  const error = field(answer, "error");
  const code = field(error, "code");
  return new ApiError({
    status: response.status,
    code: typeof code === "string" ? code : "UNKNOWN",
    retryAfterS: Number(field(field(error, "details"), "retry_after_s")) || 0,
  });
}

/**
 * The page and the API are of one version: what it cannot do without is looked at, no more.
 * @param {unknown} value
 * @returns {value is OpenedRide}
 */
function isOpenedRide(value) {
  const match = field(value, "match");
  return typeof field(field(value, "link"), "viewer") === "string" &&
    typeof field(match, "id") === "string" && typeof field(match, "status") === "string" &&
    typeof field(field(match, "pickup"), "lat") === "number" &&
    typeof field(value, "now") === "string";
}
