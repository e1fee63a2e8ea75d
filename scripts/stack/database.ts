import { createPgliteConnection, type PGlite } from "@supabase/lite/pglite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { postgis } from "@electric-sql/pglite-postgis";
import postgres from "postgres";
import { pgliteRelayDatabase, postgresRelayDatabase } from "./realtime/relay-databases.ts";
import type { RelayDatabase } from "./realtime/relay-database.ts";
import { keepingExitCode } from "./exit-code.ts";
import { applySeed, migrateProject } from "./migrations.ts";
import { Turn } from "./turn.ts";
import { SteadyPool } from "./steady-pool.ts";
import { isoTimestamp, numericValue } from "./json-values.ts";
import { tuneSession } from "./lite-session.ts";
import { restoreSnapshot, saveSnapshot } from "./snapshot.ts";
import { serveWire } from "./wire.ts";

/** An open database, migrated and seeded, as the REST API needs it. */
export interface Database {
  /** What psql, and any other client, can open. */
  readonly url: string;
  readonly connection: LiteConnection;
  /** The same database, as the Realtime relay needs it. */
  readonly relay: RelayDatabase;
  /** Runs one request's work; on PGlite, alone. */
  run<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What lite's App takes, whichever database is behind it. */
export type LiteConnection =
  | Awaited<ReturnType<typeof createPgliteConnection>>
  | ReturnType<typeof createPostgresConnection>;

/** What a database is made from. */
export interface OpenDatabaseOptions {
  /** The project's supabase folder: its migrations/ and seed.sql are applied. */
  readonly supabase: string;
  readonly onProgress: (line: string) => void;
}

/** Where PGlite keeps its files, and on which port it is served. */
export interface PgliteOptions extends OpenDatabaseOptions {
  readonly port: number;
  /** The folder of ready-made databases, one for each state of the migrations. */
  readonly snapshots: string;
}

const OID_JSON = 114;
const OID_JSONB = 3802;

/** lite hands JSON over as text, which it would have its driver encode once more: a list would be a string. */
function jsonText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const POSTGRES_TYPES = {
  timestamp: { to: 1114, from: [1114], serialize: String, parse: isoTimestamp },
  timestamptz: { to: 1184, from: [1184], serialize: String, parse: isoTimestamp },
  numeric: { to: 1700, from: [1700], serialize: String, parse: numericValue },
};

/** Opens the PostgreSQL behind a URL with a pool of 10, and brings it up to date. */
export async function openPostgres(url: string, options: OpenDatabaseOptions): Promise<Database> {
  await withClient(url, async (sql) => {
    await migrateProject(sql, {
      ...options,
      fix: "restore the file, or start on an empty database",
    });
    await applySeed(sql, options);
  });
  const connection = connectLite(url);
  const pool = new SteadyPool((onclose) => connectLite(url, { onclose }).driver);
  Reflect.set(connection.driver, "reserve", () => pool.reserve());
  await connection.driver.listen("pgrst", () => void connection.clearSchemaCache());
  return {
    url,
    connection: tuneSession(connection),
    relay: postgresRelayDatabase(connection.driver),
    run: (work) => work(),
    close: async () => {
      await pool.end();
      // Ends the connection that listens too, and waits for nothing longer.
      await connection.driver.end({ timeout: 2 });
      await connection.close();
    },
  };
}

function connectLite(
  url: string,
  events: { readonly onclose?: () => void } = {},
): ReturnType<typeof createPostgresConnection> {
  const connection = createPostgresConnection({
    url,
    postgresOptions: {
      max: 10,
      max_lifetime: null,
      onnotice: () => {},
      types: POSTGRES_TYPES,
      ...events,
    },
  });
  for (const type of [OID_JSON, OID_JSONB]) {
    connection.driver.options.serializers[type] = jsonText;
  }
  return connection;
}

/** Opens PGlite on a folder, making the database first when the folder is new. */
export async function openPglite(folder: string, options: PgliteOptions): Promise<Database> {
  const { onProgress } = options;
  const isNew = !await finished(folder);
  const snapshot = isNew ? await restoreSnapshot(options) : undefined;
  if (isNew) await Deno.remove(folder, { recursive: true }).catch(ignoreNotFound);
  onProgress(isNew ? "making the database (PGlite)" : "opening the database (PGlite)");

  const connection = await createPgliteConnection({
    url: folder,
    pgliteOptions: {
      extensions: { postgis },
      parsers: { 1114: isoTimestamp, 1184: isoTimestamp, 1700: numericValue },
      ...(snapshot === undefined ? {} : { loadDataDir: snapshot }),
    },
  });
  const pglite = connection.driver;
  await keepingExitCode(() => pglite.waitReady);
  await pglite.listen("pgrst", () => void connection.clearSchemaCache());
  const turn = new Turn();
  const wire = await serveWire(pglite, { port: options.port, turn });
  const close = async (): Promise<void> => {
    await wire.stop();
    await turn.run(() => keepingExitCode(() => connection.close()));
  };
  try {
    await withClient(wire.url, (sql) =>
      migrateProject(sql, {
        ...options,
        fix: "forget this database and make a new one: deno task start --fresh",
      }));
    if (isNew && snapshot === undefined) await turn.run(() => keep(pglite, options));
    await withClient(wire.url, (sql) => applySeed(sql, options));
    await Deno.writeTextFile(marker(folder), "");
  } catch (error) {
    await close();
    throw error;
  }
  const run = <T>(work: () => Promise<T>): Promise<T> => turn.run(() => keepingExitCode(work));
  return {
    url: wire.url,
    connection: tuneSession(connection),
    relay: pgliteRelayDatabase(pglite, run),
    run,
    close,
  };
}

/** Forgets PGlite's database. */
export async function deletePglite(folder: string): Promise<void> {
  await Deno.remove(marker(folder)).catch(ignoreNotFound);
  await Deno.remove(folder, { recursive: true }).catch(ignoreNotFound);
}

async function keep(pglite: PGlite, options: PgliteOptions): Promise<void> {
  await saveSnapshot(await pglite.dumpDataDir("none"), options);
}

async function withClient(url: string, work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}

// A start that was interrupted while it made the database leaves a folder without this file.
function marker(folder: string): string {
  return `${folder}.finished`;
}

async function finished(folder: string): Promise<boolean> {
  try {
    await Deno.stat(marker(folder));
    return true;
  } catch (error) {
    ignoreNotFound(error);
    return false;
  }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
