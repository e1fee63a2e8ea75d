/** What to type on Debian to have a server whose clock can be set. */
export const INSTALL_FAKETIME = "apt-get install -y libfaketime";

/** No libfaketime on this machine; the message says how to get it. */
export class FaketimeNotFoundError extends Error {
  override name = "FaketimeNotFoundError";
}

// Debian's folders are named for the architecture; Fedora's and a build of one's own are the others.
const FOLDERS = ["/usr/lib64/faketime", "/usr/local/lib/faketime", "/usr/lib/faketime"];
const LIBRARY = "libfaketime.so.1";

/**
 * Finds the library that gives a program another clock than the machine's.
 * @throws {FaketimeNotFoundError} when there is none
 */
export async function findFaketimeLibrary(): Promise<string> {
  for (const folder of [...await debianFolders(), ...FOLDERS]) {
    const path = `${folder}/${LIBRARY}`;
    if (await isFile(path)) return path;
  }
  throw new FaketimeNotFoundError(
    `Cannot give PostgreSQL a clock of its own: libfaketime is not installed. Run: ${INSTALL_FAKETIME}`,
  );
}

async function debianFolders(): Promise<string[]> {
  const folders: string[] = [];
  try {
    for await (const entry of Deno.readDir("/usr/lib")) {
      if (entry.isDirectory && entry.name.endsWith("-linux-gnu")) {
        folders.push(`/usr/lib/${entry.name}/faketime`);
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return folders;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
