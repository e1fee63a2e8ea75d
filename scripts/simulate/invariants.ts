import type { Sql } from "postgres";
import { z } from "zod";
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

/** A statement of the rows that break a rule, one text column `example`. */
interface Rule {
  readonly name: string;
  readonly sql: string;
}

const ALWAYS: readonly Rule[] = [
  {
    name: "nobody is in two live rides",
    sql:
      `select min(id::text) as example from mobility.matches where live group by driver_user_id having count(*) > 1
      union all
      select min(id::text) from mobility.matches where live group by passenger_user_id having count(*) > 1`,
  },
  {
    name: "a trip is matched if and only if a live match has it",
    sql: `select t.id::text as example from mobility.trips t
      where t.status = 'matched' and not exists (
        select from mobility.matches m where m.live and t.id in (m.passenger_trip_id, m.driver_trip_id))
      union all
      select m.id::text from mobility.matches m where m.live and exists (
        select from mobility.trips t
        where t.id in (m.passenger_trip_id, m.driver_trip_id) and t.status <> 'matched')`,
  },
  {
    name: "nobody who is in a ride is searched for or has an open offer",
    sql: `select m.id::text as example from mobility.matches m
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
    sql: `select o.id::text as example from mobility.offers o
      join mobility.matches m on m.driver_user_id = o.driver_user_id
      where o.created_at > m.accepted_at and o.created_at < coalesce(m.ended_at, 'infinity')`,
  },
  {
    name: "no ride, search or offer is stuck",
    sql: `select id::text as example from mobility.matches where live
      union all select id::text from mobility.trips where role = 'passenger' and status in ('open', 'matched')
      union all select id::text from mobility.dispatches where status = 'running'
      union all select id::text from mobility.offers where status = 'offered'`,
  },
  {
    name: "people's records equal the log of what happened",
    sql: `with logged as (
        select driver_user_id as user_id, 'driver' as role, 1 as accepted, 0 as declined, 0 as expired,
          round(extract(epoch from e.at - m.created_at) * 1000) as response_ms, 0 as completed, 0 as cancelled,
          0 as stars, 0 as ratings
        from mobility.match_events e join mobility.matches m on m.id = e.match_id where e.to_status = 'accepted'
        union all
        select driver_user_id, 'driver', 0, (status = 'declined')::integer, (status = 'expired')::integer,
          case status when 'declined' then round(extract(epoch from answered_at - created_at) * 1000) else 0 end, 0, 0, 0, 0
        from mobility.offers where status in ('declined', 'expired')
        union all
        select case s.role when 'driver' then m.driver_user_id else m.passenger_user_id end, s.role, 0, 0, 0, 0,
          (e.to_status = 'completed')::integer, (e.to_status = 'cancelled_' || s.role)::integer, 0, 0
        from mobility.match_events e join mobility.matches m on m.id = e.match_id
        cross join (values ('driver'), ('passenger')) as s (role)
        where e.to_status = 'completed' or e.to_status = 'cancelled_' || s.role
        union all
        select rated_user_id, case rater_role when 'driver' then 'passenger' else 'driver' end, 0, 0, 0, 0, 0, 0, rating, 1
        from mobility.ratings
        union all
        select user_id, role, offers_accepted, offers_declined, offers_expired, response_ms_total, rides_completed,
          rides_cancelled, rating_total, rating_count
        from simulation.records_before
      ),
      expected as (
        select user_id, role, sum(accepted) as offers_accepted, sum(declined) as offers_declined,
          sum(expired) as offers_expired, sum(response_ms) as response_ms_total, sum(completed) as rides_completed,
          sum(cancelled) as rides_cancelled, sum(stars) as rating_total, sum(ratings) as rating_count
        from logged group by user_id, role
      )
      select coalesce(x.user_id, u.user_id)::text as example
      from expected x full join mobility.user_metrics u on u.user_id = x.user_id and u.role = x.role
      where (x.offers_accepted, x.offers_declined, x.offers_expired, x.response_ms_total, x.rides_completed,
          x.rides_cancelled, x.rating_total, x.rating_count)
        is distinct from (u.offers_accepted, u.offers_declined, u.offers_expired, u.response_ms_total,
          u.rides_completed, u.rides_cancelled, u.rating_total, u.rating_count)`,
  },
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
        `select count(*) as count, min(example) as example from (${sql}) broken`,
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
