import { listMigrations as listFiles } from "../postgres/migrate.ts";
import { BackupError } from "./backup-error.ts";
import type { Manifest } from "./manifest.ts";
import { type Connection, listTables, quoted, SCHEMAS, type Table, tableName } from "./tables.ts";
import { V1_FILE } from "./v1-definitions.ts";

/** What a database has before a restore. */
export interface Target {
  readonly migrations: ReadonlySet<string>;
  readonly tables: readonly Table[];
  /** Supabase's own: the roles, `auth` and the rest are there, and `supabase db push` is how it is migrated. */
  readonly isSupabase: boolean;
  /** The names of settings that the server knows. */
  readonly settings: ReadonlySet<string>;
  /** Those of `tables` that have people or their rides, with how many rows. */
  readonly peopled: ReadonlyMap<string, number>;
}

/** Of the tables that no migration fills, those that show first whether anybody is there. */
const PEOPLE = new Set(["mobility.profiles", "mobility.trips", "mobility.operators", "auth.users"]);

/** Looks at everything that decides whether a backup can go in. */
export async function inspectTarget(sql: Connection): Promise<Target> {
  const [server] = await sql<{ supabase: boolean; record: boolean }[]>`
    select to_regrole('supabase_admin') is not null or to_regclass('auth.users') is not null as supabase,
      to_regclass('supabase_migrations.schema_migrations') is not null as record`;
  const migrations = server?.record
    ? await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`
    : [];
  const settings = await sql<{ name: string }[]>`select name from pg_settings`;
  const tables = await listTables(sql);
  const peopled = new Map<string, number>();
  for (const table of tables) {
    const name = tableName(table);
    if (table.schema !== "public" && !PEOPLE.has(name)) continue;
    const [row] = await sql.unsafe<{ rows: string }[]>(
      `select count(*)::text as rows from ${quoted(table.schema, table.name)}`,
    );
    if (row !== undefined && row.rows !== "0") peopled.set(name, Number(row.rows));
  }
  return {
    migrations: new Set(migrations.map(({ version }) => version)),
    tables,
    isSupabase: server?.supabase ?? false,
    settings: new Set(settings.map(({ name }) => name)),
    peopled,
  };
}

/**
 * The migrations to apply before the rows can go in, oldest first; none when the database has exactly those
 * of the backup. V1's own, which are older than the first of these files, are not looked at.
 * @throws {BackupError} when no migration can make this database what the backup was taken of
 */
export async function missingMigrations(manifest: Manifest, target: Target): Promise<string[]> {
  const files = (await listFiles()).map(({ version }) => version);
  const first = files[0] ?? "";
  const wanted = manifest.migrations.map(({ version }) => version).filter((one) => one >= first);
  const last = wanted.at(-1) ?? "none";
  const extra = [...target.migrations].filter((one) => one >= first && !wanted.includes(one))
    .sort();
  if (extra.length > 0) {
    throw new BackupError(
      `This database has migrations that the backup has not (${extra.join(", ")}). ` +
        "Restore into an empty database, migrate it no further than " +
        `${last}, restore, and migrate the rest then`,
    );
  }
  const missing = wanted.filter((one) => !target.migrations.has(one));
  const unknown = missing.filter((one) => !files.includes(one));
  if (unknown.length > 0) {
    throw new BackupError(
      `The backup is of a release whose migrations are not in this folder (${
        unknown.join(", ")
      }). ` +
        `Check out the release whose last migration is ${last}, and restore with it`,
    );
  }
  if (missing.length > 0 && target.isSupabase) {
    const surplus = files.filter((one) => one > last);
    const checkout = surplus.length === 0
      ? ""
      : ` This folder has newer ones as well (${
        surplus.join(", ")
      }): check out the release whose ` +
        `last migration is ${last} first, and push the rest after the restore.`;
    throw new BackupError(
      `This database lacks ${missing.length} of the backup's migrations. Apply them, then restore: ` +
        `supabase link --project-ref <ref> && supabase db push.${checkout}`,
    );
  }
  return missing;
}

/**
 * V1's tables come before the migrations, which build the bridge to them.
 * @throws {BackupError} naming those that the database lacks
 */
export function requireV1(manifest: Manifest, target: Target): void {
  const has = new Set(target.tables.map(tableName));
  const lacking = manifest.tables.filter((table) =>
    table.schema === "public" && !has.has(tableName(table))
  );
  if (lacking.length > 0) throw new BackupError(adviseOnLacking(lacking));
}

/** What goes where. */
export interface Loading {
  /** Tables to empty and to load. */
  readonly tables: Manifest["tables"];
  /** Schemas of which the archive's rows are loaded. */
  readonly schemas: readonly string[];
  /** Vehicle types whose pools have to be made. */
  readonly vehicleTypes: Manifest["vehicle_types"];
  /** Tables of the backup that are not restored, with the reason. */
  readonly leftOut: readonly string[];
}

/**
 * Holds the backup's tables against the database's.
 * @throws {BackupError} naming what the database lacks
 */
export function planLoading(
  manifest: Manifest,
  target: Target,
  { withoutAuth }: { readonly withoutAuth: boolean },
): Loading {
  const has = new Map(target.tables.map((table) => [tableName(table), new Set(table.columns)]));
  const vehicleTypes = manifest.vehicle_types.filter(({ code }) =>
    !has.has(`mobility.live_drivers_${code}`)
  );
  const pools = new Set(vehicleTypes.flatMap(({ code }) => [
    `mobility.live_drivers_${code}`,
    `mobility.live_passengers_${code}`,
  ]));
  // The deployments of another project say nothing of this one.
  const deploys = target.tables.some(({ schema }) => schema === "mobility_deploy");
  const left = (schema: string): boolean =>
    schema === "mobility_deploy" && !deploys || schema === "auth" && withoutAuth;
  const tables = manifest.tables.filter(({ schema }) => !left(schema));

  const lacking = tables.filter((table) => {
    const columns = has.get(tableName(table));
    if (columns === undefined) return !pools.has(tableName(table));
    return table.columns.some((column) => !columns.has(column));
  });
  if (lacking.length > 0) throw new BackupError(adviseOnLacking(lacking));
  const schemas = new Set(tables.map(({ schema }) => schema));
  return {
    tables,
    schemas: SCHEMAS.filter((schema) => schemas.has(schema)),
    vehicleTypes,
    leftOut: manifest.tables.filter(({ schema }) => left(schema)).map(tableName),
  };
}

function adviseOnLacking(tables: Manifest["tables"]): string {
  const names = tables.map(tableName).join(", ");
  const schemas = new Set(tables.map(({ schema }) => schema));
  if (schemas.has("auth")) {
    return `This database lacks ${names}, or columns of them: it has no Supabase Auth, or an older ` +
      "one. Restore into a Supabase project, or leave out who may sign in: --without-auth";
  }
  if (schemas.has("public")) {
    return `This database lacks V1's tables, or columns of them: ${names}. Make them before anything ` +
      `else: psql "$DATABASE_URL" --set=ON_ERROR_STOP=1 --file=<folder>/${V1_FILE}`;
  }
  return `This database lacks ${names}, or columns of them, although its migrations are the backup's. ` +
    "Restore into an empty database";
}
