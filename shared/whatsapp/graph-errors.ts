import { z } from "zod";
import { redact } from "./redact.ts";
import type { SendOutcome } from "./send-outcome.ts";

/** What an error means for the message that it answers. */
type Meaning =
  /** Meta's trouble: soon again. */
  | "server"
  /** Too much in all: later again. */
  | "pace"
  /** Too much to this person: Meta asks for 4^n seconds. */
  | "pair"
  /** Our account, token or number: nothing will be sent until somebody mends it, and nothing may be lost. */
  | "account"
  /** More than 24 hours since the person wrote. */
  | "window"
  /** This message to this person, never. */
  | "dead";

/**
 * By `error.code`, as Meta advises: statuses and titles vary.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (2026);
 * 131056's pace from its pair rate limit, 131062 from business-scoped-user-ids. What is not here goes by
 * the HTTP status.
 */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  ...meaning("server", [
    1, // unknown API error
    2, // service temporarily unavailable
    131000, // something went wrong
    131016, // service overloaded
    133004, // server temporarily unavailable
  ]),
  ...meaning("pace", [
    4, // the app's calls
    80007, // the account's calls
    130429, // the number's throughput
  ]),
  ...meaning("pair", [131056]),
  ...meaning("account", [
    0, // authentication
    3, // the app lacks a capability
    10, // permission missing or removed
    33, // the number was deleted
    190, // access token expired
    368, // restricted for a policy
    131005, // access denied
    131031, // account locked
    131037, // display name not approved
    131042, // payment method
    131045, // number not registered: certificate
    131048, // the number's quality: too many blocks
    131057, // number in maintenance, as while its throughput is raised
    133010, // number not registered
    133015, // number deleted a moment ago
  ]),
  ...meaning("window", [131047]),
  ...meaning("dead", [
    100, // invalid parameter
    130472, // the person is part of an experiment
    130497, // the account may not write to this country
    131008, // parameter missing
    131009, // parameter value
    131021, // recipient is the sender
    131026, // undeliverable: no WhatsApp, terms not accepted, too old a version
    131030, // recipient not on the allow list of a test number
    131049, // withheld to protect the person
    131050, // the person stopped marketing messages
    131051, // message type
    131052, // media download
    131053, // media upload
    131055, // method not allowed
    131062, // not possible to a business-scoped user id
    132000, // number of template parameters
    132001, // no such template
    132005, // template text too long
    132007, // template policy
    132012, // template parameter format
    132015, // template paused
    132016, // template disabled
    135000, // unknown error in the request
  ]),
]);

/** Of code 100: the number's id in the URL is wrong, or the token may not use it. */
const UNKNOWN_OBJECT = 33;
const ACCOUNT_RETRY_S = 60;
const MAX_RETRY_S = 900;

const graphError = z.object({
  error: z.object({
    code: z.int(),
    message: z.string().catch(""),
    error_subcode: z.int().optional().catch(undefined),
    error_data: z.union([z.string(), z.object({ details: z.string() }).transform((d) => d.details)])
      .catch(""),
  }),
});

/** An answer of the Graph API that is not 2xx. */
export interface Refusal {
  readonly status: number;
  /** Its JSON; undefined when there is none. */
  readonly answer: unknown;
  /** Seconds, from the Retry-After header; 0 when there is none. */
  readonly retryAfterS: number;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly isTemplate: boolean;
  /** The message's own texts, which the error may quote. */
  readonly texts: readonly string[];
}

/** What to do about an error that the Graph API answered. */
export function classifyRefusal(refusal: Refusal): SendOutcome {
  const error = graphError.safeParse(refusal.answer).data?.error;
  const code = error?.code ?? null;
  const title = (error?.message ?? "").replace(/^\(#\d+\)\s*/, "");
  const detail = redact(
    [`HTTP ${refusal.status}`, title, error?.error_data].filter(Boolean).join(": "),
    refusal.texts,
  );
  // A gateway that gave up waiting does not know whether the message went through.
  if (error === undefined && refusal.status === 504) {
    return { outcome: "unknown", error_detail: detail };
  }
  const what = error?.code === 100 && error.error_subcode === UNKNOWN_OBJECT
    ? "account"
    : meaningOf(code, refusal.status);
  if (what === "window" && !refusal.isTemplate) {
    return { outcome: "template", error_code: 131047 };
  }
  if (what === "dead" || what === "window") {
    return { outcome: "dead", error_code: code, error_detail: detail };
  }
  return {
    outcome: what === "account" ? "hold" : "retry",
    error_code: code,
    error_detail: detail,
    retry_after_s: Math.min(
      MAX_RETRY_S,
      Math.max(retryDelay(what, refusal.attempts), refusal.retryAfterS),
    ),
  };
}

/** Seconds until the next attempt, `attempts` being those before this one. */
export function retryDelay(what: "server" | "pace" | "pair" | "account", attempts: number): number {
  switch (what) {
    case "server":
      return Math.min(60, 2 ** (attempts + 1));
    case "pace":
      return Math.min(300, 5 * 2 ** attempts);
    case "pair":
      return Math.min(256, 4 ** attempts);
    case "account":
      return ACCOUNT_RETRY_S;
  }
}

function meaningOf(code: number | null, status: number): Meaning {
  const known = code === null ? undefined : MEANINGS.get(code);
  if (known !== undefined) return known;
  if (code !== null && code >= 200 && code <= 299) return "account";
  if (status === 429) return "pace";
  if (status >= 500 || status === 408 || status === 425) return "server";
  // Without a code it was not the Graph API that answered: the URL is wrong, or something is in between.
  if (status < 400 || status === 401 || status === 403 || status === 404) return "account";
  return "dead";
}

function meaning(what: Meaning, codes: readonly number[]): [number, Meaning][] {
  return codes.map((code) => [code, what]);
}
