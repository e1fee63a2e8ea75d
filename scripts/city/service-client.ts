import { z } from "zod";
import { parseJson } from "../parse-json.ts";
import type { Latencies } from "./latencies.ts";

/** One request. */
export interface Call<T> {
  /** The name that the report gives to requests of this kind. */
  readonly step: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/functions/v1`. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<T>;
}

/** What came back: the answer, or one of the error codes that the caller is prepared for. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | {
  readonly ok: false;
  readonly code: string;
};

/** How to reach the functions, as the service. */
export interface ServiceClientOptions {
  readonly functionsUrl: string;
  readonly secretKey: string;
  readonly latencies: Latencies;
  /** What finds a request id in the functions' log, for error messages. */
  readonly findInLog: (requestId: string) => string;
  readonly fetch?: typeof fetch;
}

/** An answer that a correct system does not give. */
export class UnexpectedAnswerError extends Error {
  override name = "UnexpectedAnswerError";
}

const TIMEOUT_MS = 30_000;
const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), request_id: z.string().optional() }),
});

/** Calls the functions with the secret key, times every call, and parses every answer. */
export class ServiceClient {
  readonly #options: ServiceClientOptions;

  constructor(options: ServiceClientOptions) {
    this.#options = options;
  }

  /** How long its calls took. */
  get latencies(): Latencies {
    return this.#options.latencies;
  }

  /** @throws {UnexpectedAnswerError} for anything but a success */
  async call<T>(call: Call<T>): Promise<T> {
    const attempt = await this.attempt(call, []);
    if (attempt.ok) return attempt.value;
    throw new UnexpectedAnswerError(`${call.method} ${call.path} answered ${attempt.code}`);
  }

  /** @throws {UnexpectedAnswerError} for anything but a success or one of these error codes */
  async attempt<T>(call: Call<T>, expectedCodes: readonly string[]): Promise<Attempt<T>> {
    const startedAt = performance.now();
    const response = await this.#send(call);
    const text = await response.text();
    this.#options.latencies.add(call.step, performance.now() - startedAt);
    const json = parseJson(text);
    if (response.ok) {
      const value = call.answer.safeParse(json);
      if (value.success) return { ok: true, value: value.data };
      throw this.#unexpected({ call, response }, z.prettifyError(value.error));
    }
    const refusal = errorSchema.safeParse(json);
    if (!refusal.success) throw this.#unexpected({ call, response }, text.slice(0, 300));
    const { code, message } = refusal.data.error;
    if (expectedCodes.includes(code)) return { ok: false, code };
    throw this.#unexpected({ call, response }, `${code}: ${message}`);
  }

  async #send({ method, path, body }: Call<unknown>): Promise<Response> {
    const { functionsUrl, secretKey, fetch = globalThis.fetch } = this.#options;
    try {
      return await fetch(`${functionsUrl}${path}`, {
        method,
        headers: { apikey: secretKey, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UnexpectedAnswerError(
        `${method} ${path} got no answer from ${functionsUrl}: ${reason}. ` +
          "See whether the stack still runs (deno task status), then start the demo again",
        { cause },
      );
    }
  }

  #unexpected(
    { call, response }: { call: Call<unknown>; response: Response },
    reason: string,
  ): UnexpectedAnswerError {
    const requestId = response.headers.get("x-request-id") ?? "unknown";
    return new UnexpectedAnswerError(
      `${call.method} ${call.path} answered HTTP ${response.status}, ${reason}\n` +
        `request id ${requestId}. ${this.#options.findInLog(requestId)}`,
    );
  }
}
