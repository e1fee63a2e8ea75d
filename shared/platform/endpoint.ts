import type { z } from "zod";
import type { Caller } from "./auth.ts";
import type { ErrorCode } from "./errors.ts";
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

/** What it answers: a JSON body, with the status that the endpoint declares. */
export interface Answer<R> {
  readonly body: R;
}

/** What is known of a route without running it: the API's description is made of this. */
export interface Declaration<B = unknown, R = unknown> {
  /** The operation's name in generated clients, unique in the whole API. */
  readonly name: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Below the function's name, with at most one parameter, ":id". */
  readonly path: string;
  readonly summary: string;
  /** What the summary and the schemas leave open, in Markdown. */
  readonly description?: string;
  /** Of a GET, what its query string has. */
  readonly body?: z.ZodType<B>;
  readonly response: z.ZodType<R>;
  /** Of a success; 200 unless said otherwise. */
  readonly status?: 201;
  /** Bytes a body may have; 64 KiB unless said otherwise. */
  readonly maxBytes?: number;
  /** Per signed-in user, or per id in the path for the service. */
  readonly limit?: RateLimit;
  /** The limit is checked by `handle`, in a round trip that it makes anyway; else before it. */
  readonly limitsItself?: true;
  /** Who may call, where it is not everybody who signed in, for themselves, and the service. */
  readonly callers?: "operators" | "service";
  /** A request with an Idempotency-Key is done once; its replay gets the first answer. */
  readonly idempotent?: true;
  /** The codes it may answer beside those that any endpoint of its kind may. */
  readonly errors?: readonly ErrorCode[];
  /**
   * Where it is given, anybody may call, without a key: whoever has this secret, which is in the body and which
   * `handle` checks. Limits count by its hash.
   */
  readonly secretOf?: (body: B) => string;
}

/** One route of a function, with the schemas of what comes in and what goes out. */
export interface Endpoint<B = unknown, R = unknown> extends Declaration<B, R> {
  handle(context: Context<B>): Promise<Answer<R>>;
}

/** Checks one endpoint's types against each other; the list of a function's endpoints forgets them. */
export function endpoint<B, R>(definition: Endpoint<B, R>): Endpoint {
  // Sound: `body` is always what the endpoint's own schema parsed.
  return definition as unknown as Endpoint;
}

/** What is known of a path whose callers are not the API's. */
export interface RawDeclaration {
  readonly name: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  /** What callers prove who they are with. */
  readonly credentials: "none" | "metrics_token" | "webhook_signature" | "webhook_token";
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly maxBytes?: number;
  /** What a success has: JSON of a schema, or text. */
  readonly response: {
    readonly contentType: string;
    readonly schema: z.ZodType;
    /** With which it comes; 200 alone unless said otherwise. */
    readonly statuses?: readonly number[];
    /** With an ETag, so that it may be 304 and nothing. */
    readonly isCacheable?: true;
  };
  readonly errors: readonly ErrorCode[];
}

/** A path whose callers are not the API's: it reads the request itself, and authenticates it first. */
export interface RawEndpoint extends RawDeclaration {
  handle(request: Request): Promise<Response>;
}
