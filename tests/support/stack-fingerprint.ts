import type { World } from "./stack.ts";

/** One line for each table of the schema: its rows counted and hashed. Equal before and after: nothing changed. */
export async function fingerprint({ sql }: World): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'mobility'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    order by 1`;
  const lines: string[] = [];
  for (const { name } of tables) {
    const [row] = await sql<{ line: string }[]>`
      select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as line
      from mobility.${sql(name)} t`;
    lines.push(`${name} ${row?.line}`);
  }
  return lines;
}
