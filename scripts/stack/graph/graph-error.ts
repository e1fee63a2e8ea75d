/** Which error the Graph API answers with, and what it is about. */
export interface GraphErrorOptions {
  readonly code: number;
  readonly details: string;
  /** The HTTP status; 400 unless told. */
  readonly status?: number | undefined;
  readonly retryAfterS?: number | undefined;
}

const TITLES: Readonly<Record<number, string>> = {
  100: "Invalid parameter",
  190: "Invalid OAuth access token",
  130429: "Rate limit hit",
  131000: "Something went wrong",
  131008: "Required parameter is missing",
  131009: "Parameter value is not valid",
  131026: "Message undeliverable",
  131047: "Re-engagement message",
  131056: "(Business Account, Consumer Account) pair rate limit hit",
  132001: "Template name does not exist in the translation",
};

/** A refusal of the Graph API, in Meta's own shape. */
export class GraphError extends Error {
  override name = "GraphError";
  readonly code: number;
  readonly #options: GraphErrorOptions;

  constructor(options: GraphErrorOptions) {
    super(`(#${options.code}) ${errorTitle(options.code)}`);
    this.code = options.code;
    this.#options = options;
  }

  /** `{error: {message, type, code, error_data, fbtrace_id}}`, with the error's HTTP status. */
  toResponse(): Response {
    const { code, details, status = 400, retryAfterS } = this.#options;
    const error = {
      message: this.message,
      type: "OAuthException",
      code,
      error_data: { messaging_product: "whatsapp", details },
      fbtrace_id: `A${crypto.randomUUID().replaceAll("-", "").slice(0, 22)}`,
    };
    const headers: Record<string, string> = retryAfterS === undefined
      ? {}
      : { "retry-after": String(retryAfterS) };
    return Response.json({ error }, { status, headers });
  }
}

/** What Meta calls an error code; titles are for people, and change. */
export function errorTitle(code: number): string {
  return TITLES[code] ?? "Unknown error";
}

/** The stand-in closes the connection without an answer, as a broken network would. */
export class ConnectionDropped extends TypeError {
  override name = "ConnectionDropped";
}
