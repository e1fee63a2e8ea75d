import { findPostgresBinaries } from "../postgres/postgres-binaries.ts";

const SCHEMAS = ["public", "mobility", "mobility_v1"];

/** The definitions of `public`, `mobility` and `mobility_v1` as pg_dump writes them, normalised. */
export async function dumpSchema(url: string): Promise<string> {
  const { folder } = await findPostgresBinaries();
  const { success, stdout, stderr } = await new Deno.Command(`${folder}/pg_dump`, {
    args: ["--schema-only", "--no-owner", ...SCHEMAS.map((name) => `--schema=${name}`), url],
  }).output();
  if (!success) throw new Error(`Cannot dump the schema: ${new TextDecoder().decode(stderr)}`);
  return normaliseDump(new TextDecoder().decode(stdout));
}

/**
 * Takes from a dump what differs between two dumps of one schema: the header with its versions and session
 * settings, the random `\restrict` token, and the comments that number and name each object.
 */
export function normaliseDump(dump: string): string {
  return dump
    .replace(/^--\n-- (?:Name|PostgreSQL database dump).*\n--\n/gm, "")
    .replace(/^-- Dumped (?:from|by) .*\n/gm, "")
    .replace(/^\\(?:un)?restrict .*\n/gm, "")
    .replace(/^SET \w+ = .*;\n/gm, "")
    .replace(/^SELECT pg_catalog\.set_config\('search_path', '', false\);\n/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim() + "\n";
}
