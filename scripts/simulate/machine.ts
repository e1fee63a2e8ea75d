import type { Sql } from "postgres";

/** What a simulation ran on, in one line. */
export async function describeMachine(sql: Sql): Promise<string> {
  const [row] = await sql<
    { version: string }[]
  >`select current_setting('server_version') as version`;
  const cores = navigator.hardwareConcurrency;
  const gigabytes = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return [
    await processor(),
    `${cores} cores`,
    `${gigabytes} GB`,
    `${Deno.build.os} ${Deno.osRelease()}`,
    `Deno ${Deno.version.deno}`,
    `PostgreSQL ${row?.version ?? "unknown"}`,
  ].join(", ");
}

/** The commit that is checked out, and whether files differ from it. */
export async function describeCode(): Promise<string> {
  try {
    const commit = await git("rev-parse", "--short=12", "HEAD");
    // The document of the results is written by what is measured, and measures nothing.
    const others = ["--", ".", ":!docs/RESULTS.md"];
    const changes = await git("status", "--porcelain", "--untracked-files=no", ...others);
    return `${commit}${changes === "" ? "" : " with changes"}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "unknown (no git)";
    throw error;
  }
}

async function git(...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command("git", {
    args,
    cwd: new URL("../../", import.meta.url),
    stderr: "null",
  }).output();
  return success ? new TextDecoder().decode(stdout).trim() : "unknown";
}

async function processor(): Promise<string> {
  try {
    const text = await Deno.readTextFile("/proc/cpuinfo");
    return /^model name\s*:\s*(.+)$/m.exec(text)?.[1] ?? Deno.build.arch;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Deno.build.arch;
    throw error;
  }
}
