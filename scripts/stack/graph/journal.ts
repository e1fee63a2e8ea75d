import type { PhoneContent } from "./phone-content.ts";
import type { Person } from "./people.ts";
import type { SendRequest } from "./send-request.ts";

/** How far a message came. */
export type Status = "sent" | "delivered" | "read" | "failed";

/** What happened, to or by one person. */
export type Happening =
  | { readonly kind: "person"; readonly about: Person }
  | { readonly kind: "inbound"; readonly message_id: string; readonly content: PhoneContent }
  | { readonly kind: "outbound"; readonly message_id: string; readonly message: SendRequest }
  | {
    readonly kind: "status";
    readonly message_id: string;
    readonly status: Status;
    readonly error_code?: number;
  }
  /** The system has read a message of the person, and perhaps shows that it is typing. */
  | { readonly kind: "seen"; readonly message_id: string; readonly typing: boolean }
  /** What the webhook answered to a message of the person; null when it did not. */
  | { readonly kind: "webhook"; readonly message_id: string; readonly status: number | null };

/** A happening with its number, which only grows, its time and its person's key. */
export type Entry = Happening & {
  readonly n: number;
  readonly at: string;
  readonly person: string;
};

/** What happened, the last of it for each person, and whoever wants to hear of more. */
export class Journal {
  readonly #kept = new Map<string, Entry[]>();
  readonly #listeners = new Set<(entry: Entry) => void>();
  readonly #keep: number;
  #last = 0;

  /** Keeps `keep` entries for each person. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** The number of the newest entry; 0 when there is none. */
  get last(): number {
    return this.#last;
  }

  add(person: string, happening: Happening): Entry {
    const entry: Entry = { ...happening, n: ++this.#last, at: new Date().toISOString(), person };
    const entries = this.#kept.get(person) ?? [];
    entries.push(entry);
    if (entries.length > this.#keep) dropOldest(entries);
    this.#kept.set(person, entries);
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  /** What happened after an entry, to everybody or to one person, in order. */
  after(n: number, person?: string): Entry[] {
    const kept = person === undefined
      ? [...this.#kept.values()].flat().sort((a, b) => a.n - b.n)
      : this.#kept.get(person) ?? [];
    return kept.filter((entry) => entry.n > n);
  }

  /** Calls the listener with every new entry; gives what stops that. */
  listen(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits until there is an entry after `n`, the time is over or the signal is aborted. */
  async wait(
    n: number,
    { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  ): Promise<void> {
    if (this.#last > n || signal.aborted) return;
    const news = Promise.withResolvers<void>();
    const timer = setTimeout(news.resolve, ms);
    const stop = this.listen(() => news.resolve());
    signal.addEventListener("abort", () => news.resolve(), { once: true });
    await news.promise;
    clearTimeout(timer);
    stop();
  }
}

/** Who it is stays; of the rest, the oldest goes. */
function dropOldest(entries: Entry[]): void {
  const index = entries.findIndex(({ kind }) => kind !== "person");
  entries.splice(Math.max(index, 0), 1);
}
