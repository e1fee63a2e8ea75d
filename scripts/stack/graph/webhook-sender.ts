import { createHmac } from "node:crypto";

/** Where the webhook is and how its posts are signed. */
export interface WebhookSenderOptions {
  readonly url: string;
  readonly appSecret: string;
  /** When a post that was not answered with 200 is made again, in milliseconds after the one before. */
  readonly redeliverAfterMs: readonly number[];
}

const DEADLINE_MS = 20_000;

/** Posts what happened to the webhook as Meta does: signed, and again when it is not answered with 200. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #closed = new AbortController();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** The status of the first answer; null when there was none. Redelivery goes on by itself. */
  async send(body: unknown, { redeliver = true } = {}): Promise<number | null> {
    const bytes = encodeAsMeta(body);
    const status = await this.#post(bytes);
    if (status !== 200 && redeliver) this.#again(bytes, 0);
    return status;
  }

  /** Ends what is under way; nothing is posted any more. */
  async close(): Promise<void> {
    this.#closed.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#underWay);
  }

  #again(bytes: Uint8Array<ArrayBuffer>, attempt: number): void {
    const after = this.#options.redeliverAfterMs[attempt];
    if (after === undefined || this.#closed.signal.aborted) return;
    const timer = setTimeout(async () => {
      this.#timers.delete(timer);
      if (await this.#post(bytes) !== 200) this.#again(bytes, attempt + 1);
    }, after);
    this.#timers.add(timer);
  }

  #post(bytes: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const post = this.#fetch(bytes);
    this.#underWay.add(post);
    return post.finally(() => this.#underWay.delete(post));
  }

  async #fetch(bytes: Uint8Array<ArrayBuffer>): Promise<number | null> {
    const { url, appSecret } = this.#options;
    if (this.#closed.signal.aborted) return null;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "user-agent": "facebookexternalua",
          "x-hub-signature-256": signature(bytes, appSecret),
        },
        body: bytes,
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(DEADLINE_MS)]),
      });
      await response.body?.cancel();
      return response.status;
    } catch {
      // Nobody listens, the answer broke off or the time is over: for Meta it is all the same.
      return null;
    }
  }
}

/** JSON in ASCII: Meta escapes every other character, in lower case, and signs that. */
export function encodeAsMeta(body: unknown): Uint8Array<ArrayBuffer> {
  const escape = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return new TextEncoder().encode(JSON.stringify(body).replaceAll(/[^\0-~]/g, escape));
}

/** The value of `X-Hub-Signature-256`. */
export function signature(bytes: Uint8Array, appSecret: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(bytes).digest("hex")}`;
}
