/** Runs work of PGlite's: whatever its WebAssembly ends with, it makes the exit code of this process. */
export async function keepingExitCode<T>(work: () => Promise<T>): Promise<T> {
  const before = Deno.exitCode;
  try {
    return await work();
  } finally {
    Deno.exitCode = before;
  }
}
