// @ts-check
import { field } from "../shared/field.js";
import { config } from "./config.js";

/**
 * What signs an operator in; times in milliseconds.
 * @typedef {{ access_token: string, refresh_token: string | null, expires_at: number, key: string }} Tokens
 */

const STORED_AS = "mobility-operator";
/** How long before its end a token is replaced. */
const RENEW_MS = 60_000;
/** Timers hold at most 24 days. */
const LONGEST_TIMER_MS = 3_600_000;

/** Signing in did not work; the message is for people. */
export class SignInError extends Error {
  /** @override */
  name = "SignInError";
}

/** Who is signed in, for as long as this tab is open. */
export class Session {
  /** @type {Tokens | null} */
  #tokens = null;
  #onChange;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onChange Somebody signed in or out, or has another token. */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Takes the token of the link that the page was opened with, or else the one from before it was loaded again. */
  begin() {
    const linked = readLink(location.hash);
    if (linked !== null) history.replaceState(null, "", location.pathname + location.search);
    this.#set(linked ?? readStored());
  }

  /** The token to call the API with; null when nobody is signed in. */
  get token() {
    return this.#tokens?.access_token ?? null;
  }

  /** The publishable key that goes with it. */
  get key() {
    return this.#tokens?.key ?? "";
  }

  /**
   * @param {string} email
   * @param {string} password
   * @throws {SignInError}
   */
  async signIn(email, password) {
    this.#set(await askForTokens("password", { email, password }));
  }

  /**
   * Signs in by a link, or by the token alone.
   * @param {string} text
   * @throws {SignInError}
   */
  signInByLink(text) {
    const linked = readLink(text.slice(text.indexOf("#"))) ?? readLink(`#token=${text.trim()}`);
    if (linked === null) throw new SignInError("This is no link that signs in, or it has expired.");
    this.#set(linked);
  }

  /** Forgets everything. */
  signOut() {
    this.#set(null);
  }

  /** @param {Tokens | null} tokens */
  #set(tokens) {
    clearTimeout(this.#timer);
    this.#tokens = tokens;
    if (tokens === null) sessionStorage.removeItem(STORED_AS);
    else {
      sessionStorage.setItem(STORED_AS, JSON.stringify(tokens));
      this.#watch(tokens);
    }
    this.#onChange();
  }

  /** @param {Tokens} tokens */
  #watch(tokens) {
    const left = tokens.expires_at - Date.now() - (tokens.refresh_token === null ? 0 : RENEW_MS);
    this.#timer = setTimeout(() => {
      if (left > LONGEST_TIMER_MS) this.#watch(tokens);
      else void this.#renew(tokens);
    }, Math.max(0, Math.min(left, LONGEST_TIMER_MS)));
  }

  /** @param {Tokens} tokens */
  async #renew({ refresh_token, expires_at }) {
    if (refresh_token === null) return this.signOut();
    try {
      this.#set(await askForTokens("refresh_token", { refresh_token }));
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      if (error.cause === undefined || Date.now() > expires_at) return this.signOut();
      // Not reached: the token is good for a little longer.
      this.#timer = setTimeout(
        () => void this.#renew({ access_token: "", key: "", refresh_token, expires_at }),
        5_000,
      );
    }
  }
}

/**
 * @param {"password" | "refresh_token"} grant
 * @param {Record<string, string>} body
 * @returns {Promise<Tokens>}
 * @throws {SignInError} With a cause when nobody answered.
 */
async function askForTokens(grant, body) {
  let response;
  /** @type {unknown} */
  let answer;
  try {
    response = await fetch(`${config.authUrl}/token?grant_type=${grant}`, {
      method: "POST",
      headers: { "content-type": "application/json", apikey: config.publishableKey },
      body: JSON.stringify(body),
      credentials: "omit",
    });
    answer = await response.json();
  } catch (cause) {
    throw new SignInError("The sign-in service does not answer.", { cause });
  }
  const [access, refresh] = [field(answer, "access_token"), field(answer, "refresh_token")];
  if (!response.ok || typeof access !== "string" || typeof refresh !== "string") {
    throw new SignInError(
      response.status === 429 ? "Too many attempts. Wait a minute." : "Email or password is wrong.",
    );
  }
  const expires_at = Date.now() + Number(field(answer, "expires_in") ?? 3600) * 1000;
  return { access_token: access, refresh_token: refresh, expires_at, key: config.publishableKey };
}

/**
 * @param {string} hash
 * @returns {Tokens | null}
 */
function readLink(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const token = values.get("token");
  const expires_at = token === null ? 0 : expiryOf(token);
  if (token === null || expires_at < Date.now()) return null;
  const key = values.get("key") ?? config.publishableKey;
  return { access_token: token, refresh_token: null, expires_at, key };
}

/** @returns {Tokens | null} */
function readStored() {
  /** @type {unknown} */
  const stored = JSON.parse(sessionStorage.getItem(STORED_AS) ?? "null");
  const [access, refresh] = [field(stored, "access_token"), field(stored, "refresh_token")];
  const [until, key] = [field(stored, "expires_at"), field(stored, "key")];
  if (typeof access !== "string" || typeof until !== "number" || typeof key !== "string") {
    return null;
  }
  if (until < Date.now()) return null;
  return {
    access_token: access,
    refresh_token: typeof refresh === "string" ? refresh : null,
    expires_at: until,
    key,
  };
}

/**
 * When a JWT expires, in milliseconds; 0 for what is none.
 * @param {string} token
 */
function expiryOf(token) {
  try {
    const [, claims = ""] = token.split(".");
    /** @type {unknown} */
    const payload = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/")));
    return Number(field(payload, "exp")) * 1000 || 0;
  } catch {
    return 0;
  }
}
