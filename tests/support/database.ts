import postgres, { type Sql, type TransactionSql } from "postgres";
import { report } from "../../scripts/print.ts";
import { migrate } from "../../scripts/postgres/migrate.ts";
import { PostgresNotFoundError } from "../../scripts/postgres/postgres-binaries.ts";
import {
  databaseUrl,
  openTestServer,
  type TestServer,
  withConnection,
} from "../../scripts/postgres/test-server.ts";

/** A migrated database of a test's own. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** Connected as the owner of the schema; `asRole` steps down from it. */
  readonly sql: Sql;
  close(): Promise<void>;
}

/** What a test's database starts with. */
export interface TestDatabaseOptions {
  /** Applies supabase/seed.sql; without it only what the migrations insert is there. */
  readonly seed?: boolean;
  /** Migrates a database that has Supabase's Realtime in it, as the embedded stack does. */
  readonly realtime?: boolean;
  /** Nothing is in it: the test migrates it. */
  readonly empty?: boolean;
  /** The most connections that `sql` opens, 10 by default. */
  readonly connections?: number;
}

/** Who a request is, as PostgREST tells the database. */
export interface Caller {
  readonly role: "anon" | "authenticated" | "service_role";
  /** The user's id, for `authenticated`. */
  readonly sub?: string;
  /** Further claims of the caller's JWT. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** `true` keeps what was written; by default it is rolled back. */
  readonly commit?: boolean;
}

let ownServer: TestServer | undefined;
const server = await connect();
let shared: Promise<TestDatabase> | undefined;

/** False when this machine has no PostgreSQL for tests: what needs one must be ignored, not passed. */
export const hasDatabase: boolean = server !== undefined;

Deno.test.afterAll(async () => {
  await (await shared)?.close();
  await ownServer?.close();
});

/** A test on the one database that all database tests of the file share; ignored without PostgreSQL. */
export function databaseTest(
  name: string,
  test: (database: TestDatabase) => Promise<void> | void,
): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    // The connections of the pool outlive the test that happens to open them.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await test(await (shared ??= createDatabase())),
  });
}

/**
 * Clones the migrated template; a database with `realtime` is migrated anew. Close it, or hold it with
 * `await using`.
 * @throws {Error} without PostgreSQL: give such tests `ignore: !hasDatabase`
 */
export async function createDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  if (server === undefined) {
    throw new Error("Cannot create a test database without PostgreSQL: use `ignore: !hasDatabase`");
  }
  const { url: serverUrl, template } = server;
  const name = `${template}_${crypto.randomUUID().slice(0, 8)}`;
  const { realtime = false, empty = false, seed = false } = options;
  const source = realtime || empty ? "template0" : template;
  await withConnection(
    serverUrl,
    (sql) => sql`create database ${sql(name)} template ${sql(source)}`,
  );
  const url = databaseUrl(serverUrl, name);
  if (!empty && (seed || realtime)) {
    await withConnection(url, (sql) => migrate(sql, { seed, realtime }));
  }

  const sql = postgres(url, { max: options.connections ?? 10, onnotice: () => {} });
  const close = async (): Promise<void> => {
    await sql.end({ timeout: 5 });
    await withConnection(
      serverUrl,
      (admin) => admin`drop database if exists ${admin(name)} with (force)`,
    );
  };
  return { url, sql, close, [Symbol.asyncDispose]: close };
}

/** Runs `work` in one transaction as that caller, as a request through the API would, then rolls back. */
export async function asRole<T>(
  sql: Sql,
  caller: Caller,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  const { role, sub, claims, commit = false } = caller;
  const jwt = JSON.stringify({ ...claims, role, ...(sub === undefined ? {} : { sub }) });
  const rollback = new Error("Rolled back on purpose");
  let outcome: { value: T } | undefined;
  try {
    await sql.begin(async (transaction) => {
      await transaction`
        select set_config('request.jwt.claims', ${jwt}, true), set_config('role', ${role}, true)`;
      outcome = { value: await work(transaction) };
      if (!commit) throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  if (outcome === undefined) throw new Error("Cannot read the outcome: the transaction never ran");
  return outcome.value;
}

/** The runner's server when it started one, else one for this file alone. */
async function connect(): Promise<{ url: string; template: string } | undefined> {
  const url = Deno.env.get("TEST_DATABASE_URL");
  if (url === "none") return undefined;
  const template = Deno.env.get("TEST_DATABASE_TEMPLATE");
  if (url && template) return { url, template };
  try {
    ownServer = await openTestServer();
    return ownServer;
  } catch (error) {
    if (!(error instanceof PostgresNotFoundError) || Deno.env.get("REQUIRE_POSTGRES") === "1") {
      throw error;
    }
    report(`skipping the database tests. ${error.message}`);
    return undefined;
  }
}
