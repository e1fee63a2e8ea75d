import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Sql } from "postgres";
import { listMigrations, migrate } from "../postgres/migrate.ts";
import { BackupError } from "./backup-error.ts";
import { findClientPrograms } from "./client-programs.ts";
import { connect, describeDatabase, programEnvironment } from "./connection.ts";
import { loadArchives } from "./load-archives.ts";
import { type Manifest, openFolder } from "./manifest.ts";
import { quoted } from "./tables.ts";
import { inspectTarget, missingMigrations, planLoading, requireV1, type Target } from "./target.ts";

/** What to restore, and where. */
export interface RestoreOptions {
  /** Of a backup. */
  readonly folder: string;
  readonly databaseUrl: string;
  /** `true` empties a database that has people in it. */
  readonly replace?: boolean;
  /** `true` leaves out who may sign in. */
  readonly withoutAuth?: boolean;
  /** Asked before anything is changed; by default nobody is. */
  readonly confirm?: (question: string) => boolean | Promise<boolean>;
  readonly onProgress?: (line: string) => void;
}

/** A restore that was held against its manifest. */
export interface Restored {
  readonly manifest: Manifest;
  readonly rows: number;
  readonly tables: number;
  /** Tables of the backup that were left out on purpose. */
  readonly leftOut: readonly string[];
}

/**
 * Makes a database what it was when the backup was taken, or leaves it as it is.
 * @throws {BackupError} when the backup is damaged, the database is not for it, or the answer was no
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { databaseUrl, onProgress = () => {} } = options;
  const folder = resolve(options.folder);
  onProgress("holding the files against their sums");
  const manifest = await openFolder(folder);
  const sql = connect(databaseUrl);
  try {
    let target = await inspectTarget(sql);
    // What pg_dump wrote, no older pg_restore reads; psql gets on with newer servers.
    const programs = await findClientPrograms(Number.parseInt(manifest.dump_version));
    requireV1(manifest, target);
    const missing = await missingMigrations(manifest, target);
    refusePeople(target, options);
    if (missing.length === 0) planLoading(manifest, target, loadingOptions(options));
    const question = describe(manifest, { databaseUrl, missing, target });
    if (options.confirm !== undefined && !await options.confirm(question)) {
      throw new BackupError("Nothing was changed");
    }
    if (missing.length > 0) {
      await applyMigrations(sql, missing, onProgress);
      target = await inspectTarget(sql);
    }
    const loading = planLoading(manifest, target, loadingOptions(options));
    const env = programEnvironment(databaseUrl);
    await loadArchives({ folder, loading, target, programs, env, onProgress });
    await analyze(sql, loading.tables, onProgress);
    return {
      manifest,
      rows: loading.tables.reduce((sum, { rows }) => sum + rows, 0),
      tables: loading.tables.length,
      leftOut: loading.leftOut,
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function loadingOptions({ withoutAuth = false }: RestoreOptions): { withoutAuth: boolean } {
  return { withoutAuth };
}

function refusePeople({ peopled }: Target, { replace = false, databaseUrl }: RestoreOptions): void {
  if (peopled.size === 0 || replace) return;
  const found = [...peopled].map(([table, rows]) => `${rows} in ${table}`).join(", ");
  throw new BackupError(
    `${describeDatabase(databaseUrl)} has people in it (rows: ${found}), and a restore replaces ` +
      "everything. Restore into an empty database, or say --replace",
  );
}

function describe(
  manifest: Manifest,
  { databaseUrl, missing, target }: {
    readonly databaseUrl: string;
    readonly missing: readonly string[];
    readonly target: Target;
  },
): string {
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const migrations = missing.length === 0 ? "" : ` It is given ${missing.length} migrations first.`;
  const loss = [...target.peopled].map(([table, count]) => `${count} rows of ${table}`);
  const losing = loss.length === 0 ? "" : ` What it has now is lost: ${loss.join(", ")}.`;
  return `Make ${
    describeDatabase(databaseUrl)
  } what it was at ${manifest.taken_at} (${rows} rows in ` +
    `${manifest.tables.length} tables)?${migrations}${losing}`;
}

/** Exactly these, even where the repository has more. */
async function applyMigrations(
  sql: Sql,
  versions: readonly string[],
  onProgress: (line: string) => void,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "mobility-migrations-" });
  try {
    for (const { version, file } of await listMigrations()) {
      if (!versions.includes(version)) continue;
      await Deno.copyFile(
        file,
        `${folder}/${decodeURIComponent(file.pathname.split("/").at(-1) ?? "")}`,
      );
    }
    await migrate(sql, { migrations: pathToFileURL(`${folder}/`), onProgress });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The planner knows nothing of the new rows, and autovacuum would take its time. */
async function analyze(
  sql: Sql,
  tables: Manifest["tables"],
  onProgress: (line: string) => void,
): Promise<void> {
  onProgress("gathering statistics");
  for (const { schema, name } of tables) {
    if (schema !== "auth") await sql.unsafe(`analyze ${quoted(schema, name)}`);
  }
}
