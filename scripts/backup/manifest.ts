import { createHash } from "node:crypto";
import { z } from "zod";
import { BackupError } from "./backup-error.ts";

/** The archive of pg_dump with definitions and rows of SCHEMAS. */
export const DATA_FILE = "mobility.dump";
/** The archive of pg_dump with the rows of AUTH_TABLES, where there are any. */
export const AUTH_FILE = "auth.dump";
export const MANIFEST_FILE = "manifest.json";
/** As `sha256sum --check` reads it. */
export const SUMS_FILE = "SHA256SUMS";

const migration = z.object({ version: z.string(), name: z.string().nullable() });
const vehicleType = z.object({
  code: z.string(),
  name: z.string(),
  speed_mps: z.number(),
  road_factor: z.number(),
});

/** What a backup has in it, and what it was made of. */
export const manifestSchema = z.object({
  format: z.literal(1),
  /** The instant of the snapshot: everything committed before is in it, nothing committed after. */
  taken_at: z.iso.datetime({ offset: true }),
  server_version: z.string(),
  dump_version: z.string(),
  migrations: z.array(migration),
  /** Each has tables of its own, which no migration makes. */
  vehicle_types: z.array(vehicleType),
  /** Names of what Vault has; the secrets themselves are not in a backup. */
  vault_secrets: z.array(z.string()),
  tables: z.array(z.object({
    schema: z.string(),
    name: z.string(),
    columns: z.array(z.string()),
    rows: z.int().nonnegative(),
    checksum: z.string(),
  })),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** Writes the manifest, then the sums over every file, for their owner alone. */
export async function sealFolder(folder: string, manifest: Manifest): Promise<void> {
  await Deno.writeTextFile(`${folder}/${MANIFEST_FILE}`, JSON.stringify(manifest, null, 1) + "\n");
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  let sums = "";
  for (const name of names.sort()) sums += `${await sha256Of(`${folder}/${name}`)}  ${name}\n`;
  await Deno.writeTextFile(`${folder}/${SUMS_FILE}`, sums);
  for (const name of [...names, SUMS_FILE]) {
    await Deno.chmod(`${folder}/${name}`, 0o600);
    using file = await Deno.open(`${folder}/${name}`);
    await file.sync();
  }
}

/**
 * Reads a backup's manifest after having held every file against its sum.
 * @throws {BackupError} when a file is missing, cut off, changed or not a backup's
 */
export async function openFolder(folder: string): Promise<Manifest> {
  const sums = await readText(folder, SUMS_FILE);
  const expected = new Map<string, string>();
  for (const line of sums.split("\n").filter((text) => text !== "")) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}([\w.-]+)$/.exec(line) ?? [];
    if (sum === undefined || name === undefined) {
      throw damaged(folder, `${SUMS_FILE} has a line that is none`);
    }
    expected.set(name, sum);
  }
  for (const name of [MANIFEST_FILE, DATA_FILE]) {
    if (!expected.has(name)) throw damaged(folder, `${SUMS_FILE} does not name ${name}`);
  }
  for (const [name, sum] of expected) {
    const actual = await sha256Of(`${folder}/${name}`).catch(notFound(folder, name));
    if (actual !== sum) throw damaged(folder, `${name} is not what was written`);
  }
  const parsed = manifestSchema.safeParse(parseJson(await readText(folder, MANIFEST_FILE)));
  if (parsed.success) {
    const needsAuth = parsed.data.tables.some(({ schema }) => schema === "auth");
    if (needsAuth && !expected.has(AUTH_FILE)) throw damaged(folder, `${AUTH_FILE} is missing`);
    return parsed.data;
  }
  throw new BackupError(
    `Cannot read ${folder}/${MANIFEST_FILE}: it is of another version of this tool. ` +
      z.prettifyError(parsed.error),
  );
}

async function readText(folder: string, name: string): Promise<string> {
  return await Deno.readTextFile(`${folder}/${name}`).catch(notFound(folder, name));
}

function notFound(folder: string, name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      throw damaged(folder, `${name} is missing`);
    }
    throw error;
  };
}

function damaged(folder: string, what: string): BackupError {
  return new BackupError(
    `${folder} is no whole backup: ${what}. Nothing was restored; take another backup`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
