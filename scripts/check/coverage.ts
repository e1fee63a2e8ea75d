import { fileURLToPath } from "node:url";
import { print, report } from "../print.ts";
import { type Coverage, coverageTable, parseLcov, percent, totalCoverage } from "./lcov.ts";

const SHARED = new URL("../../shared/", import.meta.url);
const LOADER = fileURLToPath(new URL("./load-modules.ts", import.meta.url));
const GENERATED = "platform/database.types.ts";
const MINIMUM_PERCENT = 90;

/**
 * Prints the coverage of the lines of shared/ from the raw data in a folder, that of the test processes and
 * of every Deno process they started and let end. False when it is enforced and below the minimum.
 */
export async function checkCoverage(
  folder: string,
  { enforce }: { enforce: boolean },
): Promise<boolean> {
  const files = (await listModules(SHARED)).filter((file) => file !== GENERATED);
  if (files.length === 0) {
    report("coverage: shared/ has no modules yet");
    return true;
  }
  const reached = new Set((await readCoverage(folder)).map(({ file }) => file));
  const missed = files.filter((file) => !reached.has(file));
  if (missed.length > 0) await loadModules(folder, missed);

  const coverage = await readCoverage(folder);
  const total = percent(totalCoverage(coverage));
  print(`\nCoverage of shared/\n${coverageTable(coverage)}\n`);
  if (total >= MINIMUM_PERCENT) return true;
  report(
    enforce
      ? `coverage: FAILED: ${total}% of the lines ran, of at least ${MINIMUM_PERCENT}%`
      : "coverage: too low, but without the database tests the minimum is not enforced",
  );
  return !enforce;
}

async function readCoverage(folder: string): Promise<Coverage[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "--quiet", "--lcov", `--include=^${SHARED.href}`, folder],
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success && !/No (?:coverage|covered) files/.test(new TextDecoder().decode(stderr))) {
    throw new Error(`Cannot read the coverage: ${new TextDecoder().decode(stderr)}`);
  }
  return parseLcov(text, fileURLToPath(SHARED)).filter(({ file }) => file !== GENERATED);
}

/** Files no test reached count with every line not run; files of types alone have no lines. */
async function loadModules(folder: string, files: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", LOADER, ...files.map((file) => new URL(file, SHARED).href)],
    env: { DENO_COVERAGE_DIR: folder },
    stdin: "null",
  }).spawn().status;
  if (!success) throw new Error("Cannot load the modules of shared/ to count their lines");
}

async function listModules(folder: URL, prefix = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) {
      files.push(...await listModules(new URL(`${entry.name}/`, folder), `${path}/`));
    } else if (path.endsWith(".ts")) files.push(path);
  }
  return files;
}
