import { z } from "zod";
import { classifyRefusal, retryDelay } from "./graph-errors.ts";
import type { GraphBody } from "./outbound.ts";
import { redact } from "./redact.ts";
import type { SendOutcome } from "./send-outcome.ts";

const sentAnswer = z.object({
  messages: z.tuple([z.object({ id: z.string().min(1).max(256) })], z.unknown()),
});
const readAnswer = z.object({ success: z.literal(true) });
/** Keys of a body whose values are the protocol's, not anybody's. */
const PROTOCOL = new Set([
  "messaging_product",
  "recipient_type",
  "type",
  "sub_type",
  "index",
  "name",
  "code",
]);

/** How to reach the Graph API as one business number. */
export interface GraphClientOptions {
  /** With its version, such as https://graph.facebook.com/v26.0 */
  readonly graphUrl: string;
  readonly phoneNumberId: string;
  readonly accessToken: string;
  readonly deadlineMs: number;
  readonly fetch?: typeof fetch;
}

/** Sends messages through the Graph API. Says what became of each, and never throws for the network. */
export class GraphClient {
  readonly #url: string;
  readonly #headers: Headers;
  readonly #deadlineMs: number;
  readonly #fetch: typeof fetch;

  /** @throws {TypeError} when the URL or the token cannot be part of a request */
  constructor(options: GraphClientOptions) {
    const base = options.graphUrl.replace(/\/+$/, "");
    this.#url = new URL(`${base}/${encodeURIComponent(options.phoneNumberId)}/messages`).href;
    this.#headers = new Headers({ authorization: `Bearer ${options.accessToken}` });
    this.#deadlineMs = options.deadlineMs;
    this.#fetch = options.fetch ?? fetch;
  }

  /** Sends once. `attempts` is how often that was tried before; it makes the wait longer. */
  async send(body: GraphBody, { attempts = 0 }: { attempts?: number } = {}): Promise<SendOutcome> {
    let response: Response;
    try {
      response = await this.#post(body);
    } catch (error) {
      return classifyFailure(error, attempts);
    }
    const answer = await readJson(response);
    if (response.ok) {
      const sent = sentAnswer.safeParse(answer);
      return sent.success
        ? { outcome: "sent", message_id: sent.data.messages[0].id }
        : { outcome: "unknown", error_detail: `HTTP ${response.status} without a message id` };
    }
    return classifyRefusal({
      status: response.status,
      answer,
      retryAfterS: readRetryAfter(response),
      attempts,
      isTemplate: body.type === "template",
      texts: textsOf(body),
    });
  }

  /** Marks what a person sent as read, with or without the typing indicator. False when that failed. */
  async markRead(messageId: string, { typing }: { typing: boolean }): Promise<boolean> {
    try {
      const response = await this.#post({
        messaging_product: "whatsapp",
        status: "read",
        message_id: messageId,
        ...(typing ? { typing_indicator: { type: "text" } } : {}),
      });
      const answer = await readJson(response);
      return response.ok && readAnswer.safeParse(answer).success;
    } catch {
      return false;
    }
  }

  #post(body: Record<string, unknown> | GraphBody): Promise<Response> {
    const send = this.#fetch;
    return send(this.#url, {
      method: "POST",
      headers: this.#headers,
      // Deno sends a string or bytes again by itself when a kept connection breaks, even if the request
      // had arrived: a message would be sent twice. It cannot replay a Blob.
      body: new Blob([JSON.stringify(body)], { type: "application/json" }),
      redirect: "manual",
      signal: AbortSignal.timeout(this.#deadlineMs),
    });
  }
}

function classifyFailure(error: unknown, attempts: number): SendOutcome {
  const reasons = causesOf(error);
  const detail = redact(reasons.map((reason) => `${reason.name}: ${reason.message}`).join(": "));
  return reasons.some(isConnectFailure)
    ? {
      outcome: "retry",
      error_code: null,
      error_detail: detail,
      retry_after_s: retryDelay("server", attempts),
    }
    : { outcome: "unknown", error_detail: detail };
}

/** Refused, no such host, no TLS: the request never left. Deno 2.1 says so itself, 2.9 in the cause. */
function isConnectFailure(error: Error): boolean {
  return error.message.includes("client error (Connect)");
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    causes.push(cause);
  }
  return causes;
}

/** The JSON of a response; undefined when there is none, or it broke off. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function readRetryAfter(response: Response): number {
  const header = response.headers.get("retry-after")?.trim() ?? "";
  return /^\d{1,6}$/.test(header) ? Number(header) : 0;
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => PROTOCOL.has(key) ? [] : textsOf(inner));
}
