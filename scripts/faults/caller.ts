import { z } from "zod";
import { pick, type Random } from "../city/random.ts";
import type { Ledger } from "./ledger.ts";
import type { Sent } from "./traffic.ts";

/** What somebody wants from the API. */
export interface Wish<T> {
  readonly step: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Below `/functions/v1`. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: z.ZodType<T>;
}

/** What came of a wish in the end, after whatever attempts it took. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly startedAt: number }
  | { readonly ok: false; readonly code: string };

/** How to reach the functions, and who notes what they said. */
export interface CallerOptions {
  readonly functionsUrl: string;
  readonly secretKey: string;
  readonly ledger: Ledger;
  readonly onSent: (sent: Sent) => void;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Some are in a hurry: what they ask for again may be under way. */
const TIMEOUTS_MS = [3_000, 10_000] as const;
/** How often somebody's finger slips. */
const DOUBLE_TAPS = 0.04;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 3_000;
const PATIENCE_MS = 120_000;
const refusal = z.object({ error: z.object({ code: z.string() }) });

/**
 * Asks as an app does: gives up on an answer after 3 or 10 s, and sends the same request with the same
 * Idempotency-Key again until somebody answers it.
 */
export class Caller {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  /** Asks until there is an answer, two minutes long; then the code is "GIVEN_UP". */
  async ask<T>(wish: Wish<T>): Promise<Outcome<T>> {
    const { ledger, signal, random } = this.#options;
    const key = crypto.randomUUID();
    const timeoutMs = pick(random, TIMEOUTS_MS);
    const taps = wish.method !== "GET" && random() < DOUBLE_TAPS ? 2 : 1;
    const deadline = performance.now() + PATIENCE_MS;
    let pauseMs = FIRST_PAUSE_MS;
    let isCertain = true;
    while (performance.now() < deadline && !signal.aborted) {
      const startedAt = performance.now();
      const [answer] = await Promise.all(
        Array.from({ length: taps }, () => this.#send(wish, { key, startedAt, timeoutMs })),
      );
      if (answer === undefined || answer.status >= 500) {
        // It may have happened all the same.
        isCertain = false;
      } else if (answer.status !== 429) {
        if (answer.status < 300) {
          ledger.acknowledge({ ...wish, key, json: answer.json });
          return { ok: true, value: wish.answer.parse(answer.json), startedAt };
        }
        const { code } = refusal.parse(answer.json).error;
        if (isCertain) ledger.refuse({ ...wish, key, code });
        return { ok: false, code };
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2);
    }
    ledger.giveUp(wish.step);
    return { ok: false, code: "GIVEN_UP" };
  }

  async #send(
    { step, method, path, body }: Wish<unknown>,
    { key, startedAt, timeoutMs }: {
      readonly key: string;
      readonly startedAt: number;
      readonly timeoutMs: number;
    },
  ): Promise<{ readonly status: number; readonly json: unknown } | undefined> {
    const { functionsUrl, secretKey, onSent } = this.#options;
    let status: number | null = null;
    try {
      const response = await fetch(`${functionsUrl}${path}`, {
        method,
        headers: {
          apikey: secretKey,
          "content-type": "application/json",
          ...(method === "GET" ? {} : { "idempotency-key": key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      status = response.status;
      return { status, json: status >= 500 ? undefined : JSON.parse(text) };
    } catch (error) {
      // No connection, no answer in time, or half of one.
      if (error instanceof TypeError || error instanceof DOMException) return undefined;
      throw error;
    } finally {
      onSent({ step, startedAt, endedAt: performance.now(), status });
    }
  }
}

/** Waits, or less when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, signal.aborted ? 0 : ms);
    signal.addEventListener("abort", done);
  });
}
