import type { Sql } from "postgres";
import { z } from "zod";

/** What the backfill carries, in its order: a trip needs its person, a match its trips. */
export const BACKFILLED = [
  "profiles",
  "trips",
  "matches",
  "v2_profiles",
  "v2_trips",
  "v2_matches",
] as const;

const differenceRows = z.array(z.object({
  table: z.string(),
  id: z.string(),
  column: z.string().nullable(),
  v1: z.string().nullable(),
  v2: z.string().nullable(),
}));

/** A field, or a row ("*"), that is not equal on both sides; nothing personal in it. */
export type Difference = z.infer<typeof differenceRows>[number];

const names = z.array(z.object({ name: z.string() }));

/** The parts of the backfill that have not come to their end. */
export async function openBackfills(sql: Sql): Promise<string[]> {
  const rows = names.parse([
    ...await sql`
      select t as name from unnest(${[...BACKFILLED]}::text[]) with ordinality as u (t, n)
      where not exists (select from mobility_v1.backfills b where b."table" = t and b.finished_at is not null)
      order by n`,
  ]);
  return rows.map(({ name }) => name);
}

/** Carries along with the job until nothing is noted; gives how much is left when the time is over. */
export async function waitForQuiet(sql: Sql, patienceS: number): Promise<number> {
  const until = Date.now() + patienceS * 1000;
  while (true) {
    await sql`select public.sync_v1()`;
    const left = await pending(sql);
    if (left === 0 || Date.now() >= until) return left;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function pending(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from mobility_v1.changes`;
  return row?.count ?? 0;
}

/**
 * What differs in one snapshot. A row that is just being carried has its note in the same snapshot, since
 * both are of one transaction: it is no difference, unless its note has been waiting for long.
 */
export async function findDifferences(sql: Sql): Promise<Difference[]> {
  return differenceRows.parse([
    ...await sql`
      select v.* from mobility_v1.verify() v
      where not exists (
        select from mobility_v1.changes c
        where c.tbl = v."table" and c.id = v.id and c.at > now() - interval '30 seconds')
      order by 1, 2, 3`,
  ]);
}
