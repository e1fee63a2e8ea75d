import type { Sql } from "postgres";
import { z } from "zod";
import { ALWAYS } from "../invariants/always.ts";
import { BOUND_ONCE } from "../invariants/bound-once.ts";
import { findBreaches } from "../invariants/breaches.ts";
import { pause } from "./caller.ts";
import type { Violation } from "./results.ts";

/** What the watch needs. */
export interface WatchOptions {
  readonly sql: Sql;
  readonly signal: AbortSignal;
  /** What is broken now, or was last. */
  readonly during: () => string;
  /** The last lines of what happened. */
  readonly around: () => readonly string[];
  readonly onViolation: (violation: Violation) => void;
}

const EVERY_MS = 1_000;

/** Looks every second whether what must hold does, and remembers what did not. */
export class Watch {
  readonly violations: Violation[] = [];
  looks = 0;
  /** Times at which the database did not answer. */
  blind = 0;
  readonly #options: WatchOptions;
  readonly #startedAt = performance.now();
  readonly #known = new Set<string>();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const startedAt = performance.now();
      await this.look();
      await pause(Math.max(100, EVERY_MS - (performance.now() - startedAt)), signal);
    }
  }

  /** Looks once. */
  async look(): Promise<void> {
    const { sql } = this.#options;
    try {
      const found = await findBreaches(sql, [...ALWAYS, ...BOUND_ONCE]);
      this.looks++;
      for (const { rule, what } of found) this.note(rule, what);
    } catch (error) {
      if (error instanceof z.ZodError) throw error;
      this.blind++;
    }
  }

  /** Notes a violation, each once. */
  note(rule: string, what: string): void {
    const { during, around, onViolation } = this.#options;
    const id = `${rule} ${what}`;
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const violation = {
      rule,
      what,
      atS: (performance.now() - this.#startedAt) / 1000,
      during: during(),
      around: [...around()],
    };
    this.violations.push(violation);
    onViolation(violation);
  }
}
