import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { findClientPrograms } from "../../../../scripts/backup/client-programs.ts";
import { programEnvironment } from "../../../../scripts/backup/connection.ts";
import { backUp } from "../../../../scripts/backup/mod.ts";
import { SUMS_FILE } from "../../../../scripts/backup/manifest.ts";

/** A folder of a test's own. */
export interface BackupFolder extends AsyncDisposable {
  readonly path: string;
}

/** A new folder; what is in it goes with it. */
export async function temporaryFolder(): Promise<BackupFolder> {
  const path = await Deno.makeTempDir({ prefix: "mobility-backup-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Backs up a database into `<folder>/<name>`; gives that path. */
export async function backUpInto(
  folder: BackupFolder,
  { url, name = "backup" }: { readonly url: string; readonly name?: string },
): Promise<string> {
  const { folder: path } = await backUp({ databaseUrl: url, folder: `${folder.path}/${name}` });
  return path;
}

/** Makes the sums right again after a file was changed, as somebody would who forges a backup. */
export async function forgeSums(folder: string): Promise<void> {
  let sums = "";
  for await (const { name } of Deno.readDir(folder)) {
    if (name === SUMS_FILE) continue;
    const bytes = await Deno.readFile(`${folder}/${name}`);
    sums += `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
  }
  await Deno.writeTextFile(`${folder}/${SUMS_FILE}`, sums);
}

/** Makes V1's tables in a database as the advice of a restore says. */
export async function runV1File(backup: string, url: string): Promise<void> {
  const { psql } = await findClientPrograms(0);
  const { success, stderr } = await new Deno.Command(psql, {
    args: ["-X", "-q", "--set=ON_ERROR_STOP=1", `--file=${backup}/v1.sql`],
    env: programEnvironment(url),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
