import { GraphError } from "./graph-error.ts";
import type { Person } from "./people.ts";

/** Which of the Cloud API's limits on messages to one person to keep. */
export interface ContactLimitsOptions {
  readonly now: () => number;
}

const WINDOW_MS = 24 * 3600 * 1000;
// One message in 6 s to one person; a burst of 45 is lent from the time that follows.
const PAIR_EVERY_MS = 6_000;
const PAIR_BURST = 45;

/** The 24 hours after a person's last message, and how fast one person may be written to. */
export class ContactLimits {
  readonly #now: () => number;
  readonly #heardAt = new Map<string, number>();
  readonly #tokens = new Map<string, { left: number; at: number }>();
  /** Whether to refuse what comes faster than one message in 6 s, after a burst of 45. */
  pairRate = false;

  constructor({ now }: ContactLimitsOptions) {
    this.#now = now;
  }

  /** The person wrote at this time, in milliseconds since 1970. */
  heard(person: Person, at: number): void {
    this.#heardAt.set(person.key, at);
  }

  /**
   * Whether a message may be sent now. A person of whom the stand-in never heard may be written to: it may
   * have been started after they wrote.
   * @throws {GraphError} 131047 or 131056
   */
  check(person: Person, { template }: { readonly template: boolean }): void {
    const now = this.#now();
    const heardAt = this.#heardAt.get(person.key);
    if (!template && heardAt !== undefined && now - heardAt > WINDOW_MS) {
      throw new GraphError({
        code: 131047,
        details: "More than 24 hours have passed since the customer last replied to this number",
      });
    }
    if (this.pairRate) this.#takeToken(person, now);
  }

  #takeToken(person: Person, now: number): void {
    const before = this.#tokens.get(person.key) ?? { left: PAIR_BURST, at: now };
    const left = Math.min(PAIR_BURST, before.left + (now - before.at) / PAIR_EVERY_MS);
    this.#tokens.set(person.key, { left: left < 1 ? left : left - 1, at: now });
    if (left >= 1) return;
    throw new GraphError({
      code: 131056,
      details: "Too many messages to this person in a short time",
    });
  }
}
