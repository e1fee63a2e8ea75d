import postgres, { type Sql } from "postgres";
import { migrate } from "./migrate.ts";
import { startTemporaryPostgres } from "./temporary-postgres.ts";

/** A PostgreSQL server for tests, with a migrated database that others are cloned from. */
export interface TestServer {
  /** Connects to a database of the server from which others may be created and dropped. */
  readonly url: string;
  /** The migrated database; the names of its clones begin with this name. */
  readonly template: string;
  /** Drops the template and every clone, and stops the server if it was started for this. */
  close(): Promise<void>;
}

/**
 * Takes the server of `DATABASE_URL`, else starts a temporary one, and makes the template on it.
 * @throws {PostgresNotFoundError} when there is neither
 */
export async function openTestServer(
  onProgress: (line: string) => void = () => {},
): Promise<TestServer> {
  const given = Deno.env.get("DATABASE_URL");
  onProgress(given ? "using the PostgreSQL of DATABASE_URL" : "starting a temporary PostgreSQL");
  const temporary = given ? undefined : await startTemporaryPostgres();
  const url = given || temporary?.url || "";
  const template = `mobility_test_${crypto.randomUUID().slice(0, 8)}`;
  const close = async (): Promise<void> => {
    if (temporary === undefined) await dropDatabases(url, template);
    await temporary?.close();
  };
  try {
    await makeTemplate({ url, template, onProgress });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, template, close };
}

/** The same server's URL with another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Runs statements on one connection of their own, closed afterwards. */
export async function withConnection<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function makeTemplate(
  { url, template, onProgress }: {
    url: string;
    template: string;
    onProgress: (line: string) => void;
  },
): Promise<void> {
  await withConnection(url, (sql) => sql`create database ${sql(template)}`);
  onProgress("applying the migrations");
  await withConnection(databaseUrl(url, template), (sql) => migrate(sql));
  // A database that somebody is connected to, even autovacuum, cannot be cloned.
  await withConnection(
    url,
    (sql) => sql`alter database ${sql(template)} with allow_connections false`,
  );
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  await withConnection(url, async (sql) => {
    const databases = await sql<{ datname: string }[]>`
      select datname from pg_database where starts_with(datname, ${prefix})`;
    for (const { datname } of databases) {
      await sql`drop database if exists ${sql(datname)} with (force)`;
    }
  });
}
