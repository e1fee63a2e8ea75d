import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type { Sql } from "postgres";
import { listMigrations, migrate, MigrationError } from "../postgres/migrate.ts";

/** What to bring a database up to, and whom to tell. */
export interface MigrateProjectOptions {
  /** The project's supabase folder. */
  readonly supabase: string;
  readonly onProgress: (line: string) => void;
}

/**
 * Applies the migrations that the database has not had, after making sure that those it had are still
 * what the files say.
 * @throws {MigrationError} naming the file, the reason and `fix`
 */
export async function migrateProject(
  sql: Sql,
  { supabase, onProgress, fix }: MigrateProjectOptions & { readonly fix: string },
): Promise<void> {
  const migrations = pathToFileURL(`${supabase}/migrations/`);
  try {
    await refuseChanged(sql, migrations);
    await migrate(sql, { migrations, realtime: true, onProgress });
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    throw new MigrationError(`${error.message}\nTo go on: ${fix}`, { cause: error });
  }
}

/** Runs seed.sql where it has not run yet, and records it as `supabase db push --include-seed` does. */
export async function applySeed(
  sql: Sql,
  { supabase, onProgress }: MigrateProjectOptions,
): Promise<void> {
  const file = `${supabase}/seed.sql`;
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const hash = createHash("sha256").update(text).digest("hex");
  const path = "supabase/seed.sql";
  await sql`create table if not exists supabase_migrations.seed_files (
    path text not null primary key, hash text not null)`;
  const [recorded] = await sql<{ hash: string }[]>`
    select hash from supabase_migrations.seed_files where path = ${path}`;
  if (recorded !== undefined) {
    if (recorded.hash !== hash) {
      onProgress("seed.sql has changed since it was applied; --fresh applies the new one");
    }
    return;
  }
  onProgress("seed seed.sql");
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(text).simple();
      await transaction`insert into supabase_migrations.seed_files values (${path}, ${hash})`;
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError(`Cannot apply ${file}: ${reason}`, { cause });
  }
}

async function refuseChanged(sql: Sql, migrations: URL): Promise<void> {
  const [table] = await sql<{ exists: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as exists`;
  if (!table?.exists) return;
  const recorded = await sql<{ version: string; statements: string[] | null }[]>`
    select version, statements from supabase_migrations.schema_migrations`;
  const applied = new Map(recorded.map((row) => [row.version, row.statements]));
  for (const { version, file } of await listMigrations(migrations)) {
    const statements = applied.get(version);
    if (!statements) continue;
    const text = await Deno.readTextFile(file);
    if (essence(statements.join("")) === essence(text)) continue;
    const path = decodeURIComponent(file.pathname);
    throw new MigrationError(`${path} has changed since this database applied it`);
  }
}

/** The CLI records statement by statement, without the semicolons and the space between them. */
function essence(statements: string): string {
  return statements.replaceAll(/[\s;]+/g, "");
}
