import type { Sql } from "postgres";
import { breaches } from "../../invariants/breaches.ts";

/** Carries until nothing is noted any more; gives the number of notes carried. */
export async function syncToQuiet(sql: Sql, patienceMs = 60_000): Promise<number> {
  const until = Date.now() + patienceMs;
  let carried = 0;
  while (true) {
    const [row] = await sql<{ notes: number; pending: number }[]>`
      select (public.sync_v1() ->> 'notes')::integer as notes,
        (select count(*)::integer from mobility_v1.changes) as pending`;
    carried += row?.notes ?? 0;
    const [left] = await sql<{ pending: number }[]>`
      select count(*)::integer as pending from mobility_v1.changes`;
    if (left?.pending === 0) return carried;
    if (Date.now() > until) throw new Error(`Cannot get quiet: ${left?.pending} changes are left`);
  }
}

/**
 * What is broken in V2. A match whose last state was put right by V1 has an event that is no move of V2's,
 * and may lack one for a state that only V1 saw.
 */
export async function unexpectedBreaches(sql: Sql): Promise<string[]> {
  const corrected = await sql<{ id: string }[]>`
    select match_id::text as id from mobility.match_events
    where actor = 'system' and (to_status = 'declined' or from_status not in (
      'pending', 'accepted', 'driver_arrived', 'in_progress'))`;
  const found = await breaches(sql);
  return found.filter((breach) =>
    !/^(?:the events of a match|a match keeps)/.test(breach) ||
    !corrected.some(({ id }) => breach.includes(id))
  );
}

/** Every difference, readable. */
export async function differences(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', "table", id, "column", coalesce(v1, '-'), coalesce(v2, '-')) as line
    from mobility_v1.verify() order by 1`;
  return rows.map(({ line }) => line);
}
