/** What to type on Debian to have a server that the project can start by itself. */
export const INSTALL_POSTGRES =
  "apt-get install -y postgresql postgresql-15-postgis-3 (or set DATABASE_URL to a server of your own)";

/** No PostgreSQL with PostGIS can be started on this machine; the message says how to get one. */
export class PostgresNotFoundError extends Error {
  override name = "PostgresNotFoundError";
}

/** The folder of an installed PostgreSQL server's programs, and the modules that can be preloaded. */
export interface PostgresBinaries {
  readonly folder: string;
  readonly hasCron: boolean;
}

/**
 * Finds the newest PostgreSQL server with PostGIS: Debian's folders first, then PATH.
 * @throws {PostgresNotFoundError} when there is none
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const folders = [...await debianFolders(), ...pathFolders()];
  let withoutPostgis: string | undefined;
  for (const folder of folders) {
    const programs = ["initdb", "pg_ctl", "pg_config"].map((name) => exists(`${folder}/${name}`));
    if ((await Promise.all(programs)).includes(false)) continue;
    const directories = await moduleDirectories(folder);
    if (!await exists(`${directories.share}/extension/postgis.control`)) {
      withoutPostgis ??= folder;
      continue;
    }
    return { folder, hasCron: await exists(`${directories.library}/pg_cron.so`) };
  }
  const found = withoutPostgis === undefined
    ? "no PostgreSQL server is installed"
    : `the PostgreSQL in ${withoutPostgis} has no PostGIS`;
  throw new PostgresNotFoundError(`Cannot start PostgreSQL: ${found}. Run: ${INSTALL_POSTGRES}`);
}

async function debianFolders(): Promise<string[]> {
  const versions: number[] = [];
  try {
    for await (const entry of Deno.readDir("/usr/lib/postgresql")) {
      if (/^\d+$/.test(entry.name)) versions.push(Number(entry.name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return versions.sort((a, b) => b - a).map((version) => `/usr/lib/postgresql/${version}/bin`);
}

function pathFolders(): string[] {
  return (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
}

async function moduleDirectories(folder: string): Promise<{ share: string; library: string }> {
  const { stdout } = await new Deno.Command(`${folder}/pg_config`, {
    args: ["--sharedir", "--pkglibdir"],
  }).output();
  const [share = "", library = ""] = new TextDecoder().decode(stdout).split("\n");
  return { share, library };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
