import type { Sql } from "postgres";

/** What runs by the clock, and writes whoever asks. */
const CLOCKWORK = ["job_runs", "hourly_totals"];

/** Which tables count. */
export interface FingerprintOptions {
  /** Those of the schema `mobility`, or of every schema that is not the system's; the first by default. */
  readonly of?: "mobility" | "everything";
  /** Tables of `mobility` that may change. */
  readonly except?: readonly string[];
}

/** The rows of each table, counted and hashed, by "schema.table"; what only the clock writes is left out. */
export async function fingerprintTables(
  sql: Sql,
  { of = "mobility", except = [] }: FingerprintOptions = {},
): Promise<Map<string, string>> {
  const tables = await sql<{ schema: string; name: string }[]>`
    select n.nspname as schema, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and (n.nspname = 'mobility' and c.relname <> all (${[...CLOCKWORK, ...except]})
        or ${
    of === "everything"
  } and n.nspname not in ('mobility', 'information_schema', 'extensions')
          and n.nspname !~ '^pg_')
    order by 1, 2`;
  const prints = new Map<string, string>();
  for (const { schema, name } of tables) {
    const [row] = await sql<{ print: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as print
      from ${sql(schema)}.${sql(name)} t`;
    prints.set(`${schema}.${name}`, row?.print ?? "");
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
