import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { listMigrations } from "../postgres/migrate.ts";

/** Which snapshot is wanted: that of these migrations, kept in this folder. */
export interface SnapshotOptions {
  readonly supabase: string;
  readonly snapshots: string;
}

const MADE_BEFORE = ["bootstrap.sql", "realtime.sql"]
  .map((name) => new URL(`../postgres/${name}`, import.meta.url));
// Part of a snapshot's name: raise it when PGlite, PostGIS or what a snapshot holds changes.
const FORMAT = "pglite-0.4.5-postgis-0.0.7";

/**
 * The database as it was when exactly these migrations had been applied, if it was kept. The seed is not
 * in it: its times count from the moment it runs.
 */
export async function restoreSnapshot(options: SnapshotOptions): Promise<Blob | undefined> {
  try {
    return new Blob([await Deno.readFile(await snapshotPath(options))]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Keeps a database for the next new start, in place of those of earlier migrations. */
export async function saveSnapshot(dump: Blob, options: SnapshotOptions): Promise<void> {
  const path = await snapshotPath(options);
  await Deno.mkdir(options.snapshots, { recursive: true });
  const partial = await Deno.makeTempFile({ dir: options.snapshots, suffix: ".partial" });
  await Deno.writeFile(partial, dump.stream());
  for await (const entry of Deno.readDir(options.snapshots)) {
    if (entry.name.endsWith(".tar")) await Deno.remove(`${options.snapshots}/${entry.name}`);
  }
  await Deno.rename(partial, path);
}

async function snapshotPath({ supabase, snapshots }: SnapshotOptions): Promise<string> {
  const hash = createHash("sha256").update(FORMAT);
  for (const file of MADE_BEFORE) hash.update(await Deno.readFile(file));
  for (const migration of await listMigrations(pathToFileURL(`${supabase}/migrations/`))) {
    hash.update(migration.file.pathname.split("/").at(-1) ?? "");
    hash.update(await Deno.readFile(migration.file));
  }
  return `${snapshots}/${hash.digest("hex").slice(0, 20)}.tar`;
}
