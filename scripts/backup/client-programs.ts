import { BackupError } from "./backup-error.ts";

/** PostgreSQL's client programs of one version, as paths. */
export interface ClientPrograms {
  readonly pgDump: string;
  readonly pgRestore: string;
  readonly psql: string;
  /** Major version, such as 17. */
  readonly major: number;
  /** As the program says it, such as "17.6". */
  readonly version: string;
}

/** Where the programs are looked for; the machine's usual folders by default. */
export interface ProgramFolders {
  readonly folders?: readonly string[];
}

/**
 * The oldest installed programs that are at least of this major version: pg_dump refuses a newer server,
 * pg_restore a newer archive.
 * @throws {BackupError} saying which package to install
 */
export async function findClientPrograms(
  atLeast: number,
  options: ProgramFolders = {},
): Promise<ClientPrograms> {
  const found: ClientPrograms[] = [];
  for (const folder of options.folders ?? await usualFolders()) {
    const programs = await programsIn(folder);
    if (programs !== undefined) found.push(programs);
  }
  const fitting = found.filter(({ major }) => major >= atLeast).sort((a, b) => a.major - b.major);
  if (fitting[0] !== undefined) return fitting[0];
  const newest = Math.max(0, ...found.map(({ major }) => major));
  const have = newest === 0
    ? "there is no pg_dump on this machine"
    : `the newest pg_dump on this machine is ${newest}`;
  throw new BackupError(
    `What PostgreSQL ${atLeast} wrote needs client programs of ${atLeast} or newer, and ${have}. Run: ` +
      `apt-get install -y postgresql-client-${atLeast} (Debian and Ubuntu have other versions than ` +
      "their own from https://apt.postgresql.org; macOS: brew install libpq)",
  );
}

async function usualFolders(): Promise<string[]> {
  const folders: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/usr/lib/postgresql")) {
      folders.push(`/usr/lib/postgresql/${name}/bin`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return [...folders, ...(Deno.env.get("PATH") ?? "").split(":").filter((path) => path !== "")];
}

async function programsIn(folder: string): Promise<ClientPrograms | undefined> {
  const [pgDump, pgRestore, psql] = ["pg_dump", "pg_restore", "psql"]
    .map((name) => `${folder}/${name}`) as [string, string, string];
  const versions = await Promise.all([pgDump, pgRestore, psql].map(versionOf));
  const [version] = versions;
  if (version === undefined || versions.some((other) => other !== version)) return undefined;
  return { pgDump, pgRestore, psql, version, major: Number.parseInt(version) };
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await new Deno.Command(program, {
      args: ["--version"],
      stdin: "null",
      stderr: "null",
    }).output();
    return /\(PostgreSQL\) (\d+[.\w]*)/.exec(new TextDecoder().decode(stdout))?.[1];
  } catch (error) {
    if (
      error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
      error instanceof Deno.errors.PermissionDenied
    ) return undefined;
    throw error;
  }
}
