import { BackupError } from "./backup-error.ts";
import type { ClientPrograms } from "./client-programs.ts";
import type { ProgramEnvironment } from "./connection.ts";
import { closingScript, fitPreamble, HELD, LARGE, MISMATCH, openingScript } from "./load-script.ts";
import { AUTH_FILE, DATA_FILE } from "./manifest.ts";
import { failure, readLines, spawn } from "./run-program.ts";
import { tableName } from "./tables.ts";
import type { Loading, Target } from "./target.ts";

/** What to load, and with what. */
export interface LoadOptions {
  /** Of the backup; absolute. */
  readonly folder: string;
  readonly loading: Loading;
  readonly target: Target;
  readonly programs: ClientPrograms;
  /** How psql reaches the target. */
  readonly env: ProgramEnvironment;
  readonly onProgress: (line: string) => void;
}

const HELD_LINE = new RegExp(`${HELD} (.+)$`);

/**
 * Empties the tables, fills them from the archives and holds them against the manifest, in one transaction.
 * @throws {BackupError} when anything is amiss; the database is as it was then
 */
export async function loadArchives(options: LoadOptions): Promise<void> {
  const { loading, target, programs, env } = options;
  const psql = spawn({
    path: programs.psql,
    // Terse: the context of an error would have rows in it.
    args: ["-X", "-w", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-f", "-"],
    env,
  }, { stdin: "piped", stdout: "null" });
  const errors = readLines(psql.stderr, (line) => {
    const [, name] = HELD_LINE.exec(line) ?? [];
    if (name !== undefined) options.onProgress(`${name} is what it was`);
  });
  const writer = psql.stdin.getWriter();
  const write = async (text: string): Promise<void> =>
    await writer.write(new TextEncoder().encode(text));
  let broken: unknown;
  try {
    await write(openingScript(loading, target));
    for (const args of archives(loading)) {
      await pipeArchive({ ...options, args, writer });
    }
    options.onProgress("holding every table against the manifest");
    await write(closingScript(loading));
  } catch (error) {
    broken = error;
  }
  // Without the commit, the end of the input undoes everything.
  await writer.close().catch(() => {});
  const [{ success }, lines] = await Promise.all([psql.status, errors]);
  if (!success) throw explained(lines);
  if (broken !== undefined) throw broken;
}

function archives({ schemas, tables }: Loading): string[][] {
  const data = schemas.map((schema) => `--schema=${schema}`);
  return [
    ...(data.length > 0 ? [[...data, DATA_FILE]] : []),
    ...(tables.some(({ schema }) => schema === "auth") ? [[AUTH_FILE]] : []),
  ];
}

/** Has pg_restore write the rows of an archive as a script, straight into psql. */
async function pipeArchive(
  { args, writer, folder, loading, programs, env, target, onProgress }: LoadOptions & {
    readonly args: readonly string[];
    readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  },
): Promise<void> {
  const program = {
    path: programs.pgRestore,
    args: [
      "--data-only",
      "--no-owner",
      "--no-privileges",
      "--verbose",
      "--file=-",
      ...args.slice(0, -1),
      `${folder}/${args.at(-1)}`,
    ],
    env,
  };
  const sizes = new Map(loading.tables.map((table) => [tableName(table), table.rows]));
  const child = spawn(program, { stdin: "null", stdout: "piped" });
  const errors = readLines(child.stderr, (line) => {
    const [, name] = /processing data for table "(.+)"/.exec(line) ?? [];
    const rows = sizes.get(name ?? "") ?? 0;
    if (rows >= LARGE) onProgress(`loading ${name}, ${rows} rows`);
  });
  try {
    let preamble: string | undefined = "";
    for await (const chunk of child.stdout) {
      if (preamble === undefined) {
        await writer.write(chunk);
        continue;
      }
      // Latin-1 keeps each byte as it is, wherever a chunk ends.
      preamble += latin1(chunk);
      const end = preamble.search(/^(?:COPY |SELECT pg_catalog\.setval)/m);
      if (end < 0) continue;
      const fitted = fitPreamble(preamble.slice(0, end), target.settings) + preamble.slice(end);
      await writer.write(Uint8Array.from(fitted, (character) => character.charCodeAt(0)));
      preamble = undefined;
    }
  } catch (error) {
    // psql is gone; what it said matters more.
    await Promise.allSettled([child.status, errors]);
    throw error;
  }
  const [{ success }, lines] = await Promise.all([child.status, errors]);
  if (!success) throw failure(program, lines);
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function explained(lines: readonly string[]): BackupError {
  const text = lines.filter((line) => !HELD_LINE.test(line))
    .map((line) => line.replace(/^psql:<stdin>:\d+: /, "")).join("; ");
  if (text.includes(MISMATCH)) {
    return new BackupError(
      `The backup is not whole: ${text.slice(text.indexOf(MISMATCH) + MISMATCH.length + 1)}. ` +
        "Nothing was restored; take another backup",
    );
  }
  if (text.includes("session_replication_role")) {
    return new BackupError(
      `${text}. Restore as the role "postgres" of a Supabase project, or as a superuser`,
    );
  }
  return new BackupError(`Nothing was restored. ${text}`);
}
