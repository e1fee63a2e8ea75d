import { dirname, resolve } from "node:path";
import type { Sql, TransactionSql } from "postgres";
import { BackupError } from "./backup-error.ts";
import { type ClientPrograms, findClientPrograms } from "./client-programs.ts";
import { connect, describeDatabase, programEnvironment } from "./connection.ts";
import { formatBytes } from "./format-bytes.ts";
import { AUTH_FILE, DATA_FILE, type Manifest, sealFolder } from "./manifest.ts";
import { runProgram } from "./run-program.ts";
import {
  type Connection,
  listTables,
  quoted,
  readContents,
  SCHEMAS,
  type Table,
  tableName,
  TEXT_SETTINGS,
} from "./tables.ts";
import { listBridgeTriggers, writeV1Definitions } from "./v1-definitions.ts";

/** What to back up, and where to. */
export interface BackUpOptions {
  /** A direct connection or the session pooler's; not the transaction pooler's. */
  readonly databaseUrl: string;
  /** Must not exist; is there only once it is whole. */
  readonly folder: string;
  readonly onProgress?: (line: string) => void;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

/** A backup that is whole. */
export interface Backup {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly bytes: number;
}

/**
 * Writes everything that the database has at one instant to a new folder: V2's schema, V1's tables, who may
 * sign in. Others may go on writing.
 * @throws {BackupError} when it cannot; the folder is not there then
 */
export async function backUp(options: BackUpOptions): Promise<Backup> {
  const { databaseUrl, onProgress = () => {} } = options;
  const folder = resolve(options.folder);
  await refuseExisting(folder);
  // Of a process that was killed this is what stays: never a folder that looks whole.
  const aside = `${folder}.partial-${crypto.randomUUID().slice(0, 8)}`;
  onProgress(`backing up ${describeDatabase(databaseUrl)}`);
  const sql = connect(databaseUrl);
  const dumps: Promise<void>[] = [];
  const giveUp = new AbortController();
  const interruption = abortOf(options.signal);
  try {
    options.signal?.throwIfAborted();
    const programs = await programsFor(sql);
    await Deno.mkdir(dirname(folder), { recursive: true });
    await Deno.mkdir(aside, { mode: 0o700 });
    const work = { databaseUrl, aside, programs, onProgress, dumps, signal: giveUp.signal };
    const manifest = await Promise.race([
      sql.begin(
        "isolation level repeatable read read only",
        (transaction) => writeSnapshot(transaction, work),
      ),
      interruption,
    ]);
    await sealFolder(aside, manifest);
    await refuseExisting(folder);
    await Deno.rename(aside, folder);
    return { folder, manifest, bytes: await sizeOf(folder) };
  } catch (error) {
    // Nothing writes into a folder that is removed.
    giveUp.abort();
    await Promise.allSettled(dumps);
    await Deno.remove(aside, { recursive: true }).catch(() => {});
    throw explained(error);
  } finally {
    await sql.end({ timeout: options.signal?.aborted ? 0 : 5 });
  }
}

/** Rejects when the signal is aborted, and never resolves. */
function abortOf(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  // It is only raced: whoever is late need not hear of it.
  promise.catch(() => {});
  return promise;
}

async function refuseExisting(folder: string): Promise<void> {
  try {
    await Deno.lstat(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new BackupError(
    `${folder} exists already, and nothing is overwritten: name another folder`,
  );
}

async function programsFor(sql: Sql): Promise<ClientPrograms> {
  const [server] = await sql<{ number: string }[]>`
    select current_setting('server_version_num') as number`;
  return await findClientPrograms(Math.floor(Number(server?.number) / 10_000));
}

interface Work {
  readonly databaseUrl: string;
  readonly aside: string;
  readonly programs: ClientPrograms;
  readonly onProgress: (line: string) => void;
  /** Where what runs beside the transaction is noted. */
  readonly dumps: Promise<void>[];
  /** Ends them. */
  readonly signal: AbortSignal;
}

/** pg_dump and the sums look at the same snapshot, which this transaction keeps open. */
async function writeSnapshot(sql: TransactionSql, work: Work): Promise<Manifest> {
  await sql.unsafe(`set local statement_timeout = 0;
    set local idle_in_transaction_session_timeout = 0; ${TEXT_SETTINGS}`).simple();
  const [snapshot] = await sql<{ id: string; taken_at: Date; version: string }[]>`
    select pg_export_snapshot() as id, now() as taken_at,
      current_setting('server_version') as version`;
  if (snapshot === undefined) throw new BackupError("Cannot export a snapshot");
  const tables = await listTables(sql);
  const size = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  work.onProgress(`${tables.length} tables, ${formatBytes(size)} on disk`);

  const dumped = dump(tables, { ...work, snapshot: snapshot.id });
  work.dumps.push(dumped);
  const [contents] = await Promise.all([readAll(sql, tables), dumped]);
  if (tables.some(({ schema }) => schema === "public")) {
    await writeV1Definitions({
      folder: work.aside,
      programs: work.programs,
      env: programEnvironment(work.databaseUrl),
      bridge: await listBridgeTriggers(sql),
    });
  }
  work.onProgress("summing up the files");
  return {
    format: 1,
    taken_at: snapshot.taken_at.toISOString(),
    server_version: snapshot.version,
    dump_version: work.programs.version,
    migrations: await listMigrations(sql),
    vehicle_types: await listVehicleTypes(sql),
    vault_secrets: await listVaultSecrets(sql),
    tables: contents,
  };
}

async function readAll(
  sql: Connection,
  tables: readonly Table[],
): Promise<Manifest["tables"]> {
  const all: Manifest["tables"] = [];
  for (const { bytes: _, columns, ...table } of tables) {
    const contents = await readContents(sql, { ...table, columns });
    all.push({ ...table, columns: [...columns], ...contents });
  }
  return all;
}

/** What pg_dump is told beside that. */
interface Dumping extends Work {
  readonly snapshot: string;
}

async function dump(tables: readonly Table[], work: Dumping): Promise<void> {
  const schemas = new Set(tables.map(({ schema }) => schema));
  const selection = SCHEMAS.filter((schema) => schema === "public" || schemas.has(schema));
  await runDump(DATA_FILE, selection.map((schema) => `--schema=${quoted(schema)}`), {
    ...work,
    tables,
  });
  const auth = tables.filter(({ schema }) => schema === "auth");
  if (auth.length === 0) return;
  const named = auth.map(({ schema, name }) => `--table=${quoted(schema, name)}`);
  await runDump(AUTH_FILE, ["--data-only", ...named], { ...work, tables });
}

async function runDump(
  file: string,
  selection: readonly string[],
  work: Dumping & { readonly tables: readonly Table[] },
): Promise<void> {
  const sizes = new Map(work.tables.map((table) => [tableName(table), table.bytes]));
  await runProgram({
    path: work.programs.pgDump,
    args: [
      "--format=custom",
      "--no-owner",
      "--no-password",
      "--verbose",
      "--lock-wait-timeout=60s",
      `--snapshot=${work.snapshot}`,
      `--file=${work.aside}/${file}`,
      ...selection,
    ],
    env: programEnvironment(work.databaseUrl),
    signal: work.signal,
    onLine(line): void {
      const [, name = ""] = /dumping contents of table "(.+)"/.exec(line) ?? [];
      const bytes = sizes.get(name) ?? 0;
      if (bytes >= 1_000_000) work.onProgress(`dumping ${name}, ${formatBytes(bytes)}`);
    },
  });
}

async function listMigrations(sql: Connection): Promise<Manifest["migrations"]> {
  const [record] = await sql<{ named: boolean }[]>`
    select exists (select from pg_attribute where attrelid = c.oid and attname = 'name') as named
    from to_regclass('supabase_migrations.schema_migrations') c (oid) where c.oid is not null`;
  if (record === undefined) return [];
  return [
    ...await sql.unsafe<Manifest["migrations"]>(
      `select version, ${record.named ? "name" : "null::text as name"}
       from supabase_migrations.schema_migrations order by version`,
    ),
  ];
}

async function listVehicleTypes(sql: Connection): Promise<Manifest["vehicle_types"]> {
  if (!await exists(sql, "mobility.vehicle_types")) return [];
  return [
    ...await sql<Manifest["vehicle_types"]>`
      select code, name, speed_mps::float8, road_factor::float8 from mobility.vehicle_types order by code`,
  ];
}

/** Their names alone: what they say is encrypted with a key that no backup has. */
async function listVaultSecrets(sql: Connection): Promise<string[]> {
  if (!await exists(sql, "vault.secrets")) return [];
  const rows = await sql<{ name: string }[]>`
    select name from vault.secrets where name is not null order by name`;
  return rows.map(({ name }) => name);
}

async function exists(sql: Connection, table: string): Promise<boolean> {
  const [row] = await sql<
    { exists: boolean }[]
  >`select to_regclass(${table}) is not null as exists`;
  return row?.exists ?? false;
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name } of Deno.readDir(folder)) {
    bytes += (await Deno.stat(`${folder}/${name}`)).size;
  }
  return bytes;
}

/** What a person can do something about, of what the driver and the disk say. */
function explained(error: unknown): unknown {
  if (error instanceof BackupError || !(error instanceof Error)) return error;
  return new BackupError(`The backup failed, and nothing of it was kept: ${error.message}`, {
    cause: error,
  });
}
