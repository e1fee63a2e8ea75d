import type { Sql } from "postgres";

const BOOTSTRAP = new URL("./bootstrap.sql", import.meta.url);
const REALTIME = new URL("./realtime.sql", import.meta.url);
const SUPABASE = new URL("../../supabase/", import.meta.url);

/** What to apply, and from where; the repository's own files by default. */
export interface MigrateOptions {
  readonly migrations?: URL;
  /** `true` applies supabase/seed.sql after the migrations; a URL applies that file. */
  readonly seed?: boolean | URL;
  /** Makes what Supabase's Realtime has, before the migrations that put policies on it. */
  readonly realtime?: boolean;
  readonly onProgress?: (line: string) => void;
}

/** One migration file, named `<14 digits>_<name>.sql` as the Supabase CLI wants it. */
export interface Migration {
  readonly version: string;
  readonly name: string;
  readonly file: URL;
}

/** A migration that PostgreSQL refused; nothing of that file was kept. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/**
 * Makes a bare database a Supabase-like one, then applies the migrations that it does not have yet, each
 * in its own transaction and recorded as `supabase db push` records them. Returns the versions applied.
 * @throws {MigrationError} naming the file and PostgreSQL's reason
 */
export async function migrate(sql: Sql, options: MigrateOptions = {}): Promise<string[]> {
  const report = options.onProgress ?? (() => {});
  await bootstrap(sql);
  if (options.realtime) await applyFile(sql, { file: REALTIME });
  await createRecord(sql);
  const recorded = await sql<{ version: string }[]>`
    select version from supabase_migrations.schema_migrations`;
  const known = new Set(recorded.map(({ version }) => version));

  const applied: string[] = [];
  for (const migration of await listMigrations(options.migrations)) {
    if (known.has(migration.version)) continue;
    report(`migration ${migration.version}_${migration.name}`);
    await applyFile(sql, migration);
    applied.push(migration.version);
  }
  if (options.seed) {
    const file = options.seed === true ? new URL("seed.sql", SUPABASE) : options.seed;
    report(`seed ${file.pathname.split("/").at(-1)}`);
    await applyFile(sql, { file });
  }
  return applied;
}

/** Gives a bare database what every Supabase database has; harmless where it is there already. */
export async function bootstrap(sql: Sql): Promise<void> {
  await applyFile(sql, { file: BOOTSTRAP });
}

/**
 * The migration files of a folder, oldest first.
 * @throws {MigrationError} when a file's name is not one the Supabase CLI would apply
 */
export async function listMigrations(
  folder: URL = new URL("migrations/", SUPABASE),
): Promise<Migration[]> {
  const migrations: Migration[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.name.endsWith(".sql")) continue;
    const [, version, name] = /^(\d{14})_(\w+)\.sql$/.exec(entry.name) ?? [];
    if (version === undefined || name === undefined) {
      throw new MigrationError(
        `Cannot apply "${entry.name}": name it <14 digits>_<verb>_<object>.sql`,
      );
    }
    migrations.push({ version, name, file: new URL(entry.name, folder) });
  }
  return migrations.sort((a, b) => a.version < b.version ? -1 : 1);
}

async function createRecord(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
    alter table supabase_migrations.schema_migrations add column if not exists statements text[];
    alter table supabase_migrations.schema_migrations add column if not exists name text;
  `).simple();
}

async function applyFile(
  sql: Sql,
  { file, version, name }: { file: URL; version?: string; name?: string },
): Promise<void> {
  const text = await Deno.readTextFile(file);
  try {
    await sql.begin(async (transaction) => {
      await transaction.unsafe(text).simple();
      if (version === undefined || name === undefined) return;
      await transaction`
        insert into supabase_migrations.schema_migrations (version, statements, name)
        values (${version}, ${[text]}, ${name})`;
    });
  } catch (cause) {
    const path = decodeURIComponent(file.pathname);
    throw new MigrationError(`Cannot apply ${path}: ${describe(cause, text)}`, { cause });
  }
}

/** PostgreSQL tells where in the text it stopped; a line number is what a person looks for. */
function describe(cause: unknown, text: string): string {
  if (!(cause instanceof Error)) return String(cause);
  const position = "position" in cause ? Number(cause.position) : NaN;
  const where = Number.isInteger(position)
    ? `, line ${text.slice(0, position).split("\n").length}`
    : "";
  const hint = "hint" in cause && typeof cause.hint === "string" ? ` (${cause.hint})` : "";
  return `${cause.message}${where}${hint}`;
}
