import { z } from "zod";
import { runSupabase } from "../supabase-cli/run-supabase.ts";

/** One thing that `db lint` or `db advisors` has to say. */
export interface Finding {
  readonly rule: string;
  readonly level: string;
  readonly detail: string;
}

const pushAnswer = z.object({ upToDate: z.boolean(), migrations: z.array(z.unknown()) });

const lintAnswer = z.object({
  results: z.array(z.object({
    function: z.string(),
    issues: z.array(z.object({
      level: z.string(),
      message: z.string(),
      statement: z.object({ lineNumber: z.coerce.string() }).optional(),
    })),
  })),
});

const advisorsAnswer = z.object({
  results: z.array(z.object({ name: z.string(), level: z.string(), detail: z.string() })),
});

/** Applies the repository's migrations with `supabase db push`; `upToDate` when there were none to apply. */
export async function pushMigrations(url: string): Promise<{ upToDate: boolean }> {
  return pushAnswer.parse(JSON.parse(await runJson(["db", "push", "--yes"], url)));
}

/** What `supabase db lint` says of the functions of the given schemas. */
export async function lintDatabase(url: string, schemas: readonly string[]): Promise<Finding[]> {
  const args = ["db", "lint", "--level", "warning", "--schema", schemas.join(",")];
  return parseLint(await runJson(args, url));
}

/** What `supabase db advisors`, security and performance, says of the database. */
export async function adviseDatabase(url: string): Promise<Finding[]> {
  return parseAdvisors(
    await runJson(["db", "advisors", "--type", "all", "--level", "info"], url),
  );
}

/** The unformatted TypeScript definitions of the schema `public`. */
export async function generateTypes(url: string): Promise<string> {
  const args = ["gen", "types", "--lang", "typescript", "--schema", "public"];
  return await runSupabase(args, { databaseUrl: url });
}

/** The findings in an answer of `supabase db lint --output-format json`. */
export function parseLint(answer: string): Finding[] {
  return lintAnswer.parse(JSON.parse(answer)).results.flatMap((result) =>
    result.issues.map(({ level, message, statement }) => ({
      rule: result.function,
      level,
      detail: statement === undefined ? message : `${message} (line ${statement.lineNumber})`,
    }))
  );
}

/**
 * The findings in an answer of `supabase db advisors --output-format json`. "Unused index" is left out: it
 * reads the usage statistics, and no index of a database made a second ago has been used.
 */
export function parseAdvisors(answer: string): Finding[] {
  return advisorsAnswer.parse(JSON.parse(answer)).results
    .filter(({ name }) => name !== "unused_index")
    .map(({ name, level, detail }) => ({ rule: name, level, detail }));
}

async function runJson(args: readonly string[], url: string): Promise<string> {
  return await runSupabase([...args, "--output-format", "json"], { databaseUrl: url });
}
