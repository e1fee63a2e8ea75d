import type { Sql } from "postgres";

/** What runs by the clock, and writes whoever asks. */
const CLOCKWORK = ["job_runs", "hourly_totals", "idempotency_keys"];

/** The rows of each table of the schema, counted and hashed. */
export async function fingerprintTables(sql: Sql): Promise<Map<string, string>> {
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'mobility'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`;
  const prints = new Map<string, string>();
  for (const { name } of tables) {
    if (CLOCKWORK.includes(name)) continue;
    const [row] = await sql<{ print: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as print
      from mobility.${sql(name)} t`;
    prints.set(name, row?.print ?? "");
  }
  return prints;
}

/** The tables whose rows are others than before. */
export function changedTables(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...after].filter(([table, print]) => before.get(table) !== print).map(([table]) => table);
}
