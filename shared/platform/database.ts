import { createClient, type PostgrestError, type SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { Database as Schema } from "./database.types.ts";
import { ApiError, isErrorCode } from "./errors.ts";
import type { Logger } from "./logger.ts";

type Functions = Schema["public"]["Functions"];
type Name = keyof Functions & string;
/** The generated types do not know that a parameter may be null. */
type Args<N extends Name> = { [P in keyof Functions[N]["Args"]]: Functions[N]["Args"][P] | null };

/** SQLSTATEs after which the transaction was rolled back and the same call may succeed. */
const retryable = new Set(["40P01", "55P03"]);
/** Classes of SQLSTATE and codes of PostgREST that mean the database cannot serve now. */
const unavailable = /^(08|53|57|PGRST00)/;
const attempts = 3;

/** What a function answers when a refusal has effects that must be kept, such as a counted wrong PIN. */
const refusal = z.object({
  error: z.object({ code: z.string(), details: z.unknown().optional() }),
});

/** A call that has ended: refused when the rules said no, failed when nobody answered or something broke. */
export interface DatabaseCall {
  readonly rpc: string;
  readonly outcome: "ok" | "refused" | "failed";
  readonly seconds: number;
}

/** What a database tells, and how it reaches its API. */
export interface DatabaseOptions {
  readonly logger: Logger;
  readonly fetch?: typeof fetch;
  /** Told of each call that has ended. */
  readonly onCall?: (call: DatabaseCall) => void;
}

/** The project's database, through its API; each call is one round trip. */
export class Database {
  readonly #client: SupabaseClient<Schema>;
  readonly #logger: Logger;
  readonly #deadlineMs: number;
  readonly #onCall: (call: DatabaseCall) => void;

  constructor(
    connection: { url: string; key: string; deadlineMs: number },
    options: DatabaseOptions,
  ) {
    this.#logger = options.logger;
    this.#onCall = options.onCall ?? (() => {});
    this.#deadlineMs = connection.deadlineMs;
    this.#client = createClient<Schema>(connection.url, connection.key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      ...(options.fetch === undefined ? {} : { global: { fetch: options.fetch } }),
    });
  }

  /**
   * Calls a function of the database and parses its answer.
   * @throws ApiError the code the function raised, SERVICE_UNAVAILABLE, or DATABASE_ERROR
   */
  async call<N extends Name, T>(name: N, args: Args<N>, schema: z.ZodType<T>): Promise<T> {
    const startedAt = performance.now();
    let outcome: DatabaseCall["outcome"] = "failed";
    try {
      const answer = await this.#ask(name, args, schema);
      outcome = "ok";
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) outcome = "refused";
      throw error;
    } finally {
      this.#onCall({ rpc: name, outcome, seconds: (performance.now() - startedAt) / 1000 });
    }
  }

  async #ask<N extends Name, T>(name: N, args: Args<N>, schema: z.ZodType<T>): Promise<T> {
    for (let attempt = 1;; attempt++) {
      const { data, error, status } = await this.#client
        .rpc(name, args as Functions[N]["Args"])
        .abortSignal(AbortSignal.timeout(this.#deadlineMs));
      if (error === null) return this.#parse(name, data, schema);
      if (retryable.has(error.code) && attempt < attempts) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
        continue;
      }
      throw this.#toApiError(name, error, status);
    }
  }

  #parse<T>(name: string, data: unknown, schema: z.ZodType<T>): T {
    const refused = refusal.safeParse(data);
    if (refused.success && isErrorCode(refused.data.error.code)) {
      const { code, details } = refused.data.error;
      throw new ApiError(code, sentences[code] ?? "The request was refused", { details });
    }
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    this.#logger.log("error", "database_answer_unexpected", {
      rpc: name,
      code: "DATABASE_ERROR",
      path: parsed.error.issues[0]?.path.join("."),
    });
    throw new ApiError("DATABASE_ERROR", "The database answered in an unexpected shape");
  }

  #toApiError(name: string, error: PostgrestError, status: number): ApiError {
    if (isErrorCode(error.message)) {
      return new ApiError(error.message, error.details ?? error.message, {
        details: parseHint(error.hint),
      });
    }
    const unreachable = status === 0 || status === 502 || status === 503 || status === 504 ||
      unavailable.test(error.code ?? "");
    const code = unreachable ? "SERVICE_UNAVAILABLE" : "DATABASE_ERROR";
    this.#logger.log("error", "database_failed", { rpc: name, code, sqlstate: error.code, status });
    return unreachable
      ? new ApiError(code, "The database cannot be reached, try again shortly", { cause: error })
      : new ApiError(code, "The database refused the call", { cause: error });
  }
}

const sentences: Partial<Record<string, string>> = {
  PIN_INVALID: "This is not the passenger's PIN",
  PIN_LOCKED: "Too many wrong PINs, wait before trying again",
};

function parseHint(hint: string | null): unknown {
  if (!hint) return undefined;
  try {
    return JSON.parse(hint);
  } catch {
    return undefined;
  }
}
