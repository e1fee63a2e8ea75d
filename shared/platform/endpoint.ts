import type { z } from "zod";
import type { Caller } from "./auth.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What an endpoint is handed: an authenticated caller, a parsed body. */
export interface Context<B> {
  readonly caller: Caller;
  /** The signed-in user, or null for the service, which acts for anyone. */
  readonly actingUser: string | null;
  readonly body: B;
  /** The id in the path, or "" where there is none. */
  readonly id: string;
  readonly idempotencyKey: string | null;
}

/** What it answers: a JSON body, with status 200 unless said otherwise. */
export interface Answer<R> {
  readonly status?: 200 | 201;
  readonly body: R;
}

/** One route of a function, with the schemas of what comes in and what goes out. */
export interface Endpoint<B = unknown, R = unknown> {
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the function's name, with at most one parameter, ":id". */
  readonly path: string;
  readonly summary: string;
  /** Of a GET, what its query string has. */
  readonly body?: z.ZodType<B>;
  readonly response: z.ZodType<R>;
  /** Bytes a body may have; 64 KiB unless said otherwise. */
  readonly maxBytes?: number;
  /** Checked before the handler: per signed-in user, or per id in the path for the service. */
  readonly limit?: RateLimit;
  /**
   * Where it is given, anybody may call, without a key: whoever has this secret, which is in the body and which
   * `handle` checks. Limits count by its hash.
   */
  readonly secretOf?: (body: B) => string;
  handle(context: Context<B>): Promise<Answer<R>>;
}

/** Checks one endpoint's types against each other; the list of a function's endpoints forgets them. */
export function endpoint<B, R>(definition: Endpoint<B, R>): Endpoint {
  // Sound: `body` is always what the endpoint's own schema parsed.
  return definition as unknown as Endpoint;
}
