import type { ISql } from "postgres";

/** A connection or a transaction. */
export type Connection = ISql<NonNullable<unknown>>;

/** The schemas of which everything is backed up; V1's tables are in `public`. */
export const SCHEMAS: readonly string[] = ["public", "mobility", "mobility_v1", "mobility_deploy"];

/** Who may sign in. Sessions are left out: another project would not believe them. */
export const AUTH_TABLES: readonly string[] = ["users", "identities", "mfa_factors"];

/** A table that has rows of its own: a partition, not the table that it is a part of. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** By name; without those that are worked out from others. */
  readonly columns: readonly string[];
  readonly bytes: number;
}

/** How many rows a table has, and a sum over them in which their order does not count. */
export interface TableContents {
  readonly rows: number;
  readonly checksum: string;
}

/** The tables that a backup of this database has, by schema and name. */
export async function listTables(sql: Connection): Promise<Table[]> {
  const rows = await sql<{ schema: string; name: string; columns: string[]; bytes: string }[]>`
    select n.nspname as schema, c.relname as name, pg_table_size(c.oid)::text as bytes,
      (select array_agg(a.attname::text order by a.attname::text collate "C") from pg_attribute a
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't'
      and (n.nspname = any (${[...SCHEMAS]})
        or n.nspname = 'auth' and c.relname = any (${[...AUTH_TABLES]}))
      and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by n.nspname::text collate "C", c.relname::text collate "C"`;
  return rows.map(({ bytes, columns, ...table }) => ({
    ...table,
    columns: columns ?? [],
    bytes: Number(bytes),
  }));
}

/** `mobility.trips`, as people read it. */
export function tableName({ schema, name }: { schema: string; name: string }): string {
  return `${schema}.${name}`;
}

/** An identifier as SQL wants it. */
export function quoted(...path: readonly string[]): string {
  return path.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
}

/** A value as SQL wants it. */
export function literal(value: string): string {
  const text = value.replaceAll("'", "''");
  return text.includes("\\") ? `E'${text.replaceAll("\\", "\\\\")}'` : `'${text}'`;
}

/**
 * The settings under which a row has one text, whoever asks. What a backup says of a table holds on another
 * server, so nothing may depend on one's defaults.
 */
export const TEXT_SETTINGS = `
set local timezone = 'UTC'; set local datestyle = 'ISO, MDY'; set local intervalstyle = 'postgres';
set local bytea_output = 'hex'; set local extra_float_digits = 1; set local lc_monetary = 'C';
set local xmlbinary = 'base64'; set local search_path = '';`;

/**
 * A query for `rows` and `checksum` of a table: the sum of the rows' MD5, in two halves. It notices what is
 * missing, doubled or changed; against somebody who forges a backup on purpose it is no help.
 */
export function contentsQuery(table: Pick<Table, "schema" | "name" | "columns">): string {
  const columns = table.columns.map((column) => quoted(column)).join(", ");
  const half = (from: number): string =>
    `coalesce(sum(('x' || substr(md5, ${from}, 16))::bit(64)::bigint::numeric), 0)`;
  return `select count(*)::text as rows, ${half(1)} || ':' || ${half(17)} as checksum
    from (select pg_catalog.md5(row(${columns})::text) as md5
          from only ${quoted(table.schema, table.name)}) hashed`;
}

/** Counts and sums up one table; call it under TEXT_SETTINGS. */
export async function readContents(
  sql: Connection,
  table: Pick<Table, "schema" | "name" | "columns">,
): Promise<TableContents> {
  const [row] = await sql.unsafe<{ rows: string; checksum: string }[]>(contentsQuery(table));
  return { rows: Number(row?.rows), checksum: row?.checksum ?? "" };
}
