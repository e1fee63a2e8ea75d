import type { Sql } from "postgres";
import { z } from "zod";
import { MATCHED_WITH_RIDE } from "../invariants/always.ts";
import { NOBODY_TWICE } from "../invariants/bound-once.ts";
import { ENDED } from "../invariants/ended.ts";
import { recordsAreTheLog } from "../invariants/records.ts";
import type { Rule } from "../invariants/rule.ts";
import type { RideRequest } from "./request.ts";

/** Something that must hold, how often it was looked at, and what was found. */
export const invariant = z.object({
  name: z.string(),
  checks: z.number().int(),
  violations: z.number().int(),
  /** Where to look: the ids of one violation. */
  example: z.string().nullable(),
});

/** Something that must hold. */
export type Invariant = z.infer<typeof invariant>;

const row = z.object({ count: z.coerce.number(), example: z.string().nullable() });

const ALWAYS: readonly Rule[] = [
  NOBODY_TWICE,
  MATCHED_WITH_RIDE,
  {
    name: "nobody who is in a ride is searched for or has an open offer",
    sql: `select m.id::text from mobility.matches m
      join mobility.live_positions l on l.role = 'driver' and l.trip_id = m.driver_trip_id
      where m.live and l.available
      union all
      select o.id::text from mobility.offers o
      join mobility.matches m on m.live and m.driver_user_id = o.driver_user_id
      where o.status = 'offered'`,
  },
];

const AT_THE_END: readonly Rule[] = [
  {
    name: "nobody was offered a ride while in one",
    sql: `select o.id::text from mobility.offers o
      join mobility.matches m on m.driver_user_id = o.driver_user_id
      where o.created_at > m.accepted_at and o.created_at < coalesce(m.ended_at, 'infinity')`,
  },
  ...ENDED,
  recordsAreTheLog({ past: "simulation.records_before" }),
];

const WISHES = "every wish has an end, and the database knows the same";

/** Looks, now and then and at the end, whether what must hold does. */
export class Invariants {
  readonly #sql: Sql;
  readonly #found = new Map<string, Invariant>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** What must hold at any time. */
  async check(): Promise<void> {
    await this.#checkRules(ALWAYS);
  }

  /** What must hold when everybody is home. */
  async checkEnd(requests: readonly RideRequest[]): Promise<void> {
    await this.#checkRules([...ALWAYS, ...AT_THE_END]);
    const rows = await this.#sql<{ id: string; status: string }[]>`
      select id, status from mobility.trips where role = 'passenger'`;
    const statuses = new Map(rows.map(({ id, status }) => [id, status]));
    const wrong = requests.filter(({ tripId, outcome }) => {
      const status = statuses.get(tripId) ?? "absent";
      if (outcome === "completed") return status !== "completed";
      return outcome === "unfinished" || !["cancelled", "expired"].includes(status);
    });
    this.#note(WISHES, { count: wrong.length, example: wrong[0]?.tripId ?? null });
  }

  /** What was found so far. */
  results(): Invariant[] {
    return [...this.#found.values()];
  }

  async #checkRules(rules: readonly Rule[]): Promise<void> {
    for (const { name, sql } of rules) {
      const [found] = await this.#sql.unsafe(
        `select count(*) as count, min(example) as example from (${sql}) broken (example)`,
      );
      this.#note(name, row.parse(found));
    }
  }

  #note(name: string, { count, example }: z.infer<typeof row>): void {
    const before = this.#found.get(name);
    this.#found.set(name, {
      name,
      checks: (before?.checks ?? 0) + 1,
      violations: (before?.violations ?? 0) + count,
      example: before?.example ?? example,
    });
  }
}
