import type { Sql } from "postgres";
import { z } from "zod";
import { breaches } from "../../tests/database/support/invariants.ts";
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
const row = z.array(z.object({ rule: z.string(), what: z.string() }));

/** More that must hold at any time, as one statement. */
const BOUND_ONCE = `
  select 'nobody is in two live rides, on whichever side' as rule, person::text as what from (
    select driver_user_id as person from mobility.matches where live
    union all select passenger_user_id from mobility.matches where live) p
  group by person having count(*) > 1
  union all
  select 'no trip is bound twice', trip::text from (
    select driver_trip_id as trip from mobility.matches where live
    union all select passenger_trip_id from mobility.matches where live) t
  group by trip having count(*) > 1
  union all
  select 'a trip is completed by one ride', trip::text from (
    select driver_trip_id as trip from mobility.matches where status = 'completed'
    union all select passenger_trip_id from mobility.matches where status = 'completed') t
  group by trip having count(*) > 1`;

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
      const [broken, bound] = [await breaches(sql), row.parse([...await sql.unsafe(BOUND_ONCE)])];
      this.looks++;
      for (const text of broken) {
        const [rule = text, ...what] = text.split(": ");
        this.note(rule, what.join(": "));
      }
      for (const { rule, what } of bound) this.note(rule, what);
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
