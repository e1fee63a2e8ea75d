import { z } from "zod";

const VERSION = "3.1.0";
const REPOSITORY = new URL("../../", import.meta.url);

/** The Supabase CLI could not do what it was asked; the message carries what it printed. */
export class SupabaseCliError extends Error {
  override name = "SupabaseCliError";
}

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
  return await run(["gen", "types", "--lang", "typescript", "--schema", "public"], url);
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
  return await run([...args, "--output-format", "json"], url);
}

async function run(args: readonly string[], url: string): Promise<string> {
  const binary = Deno.env.get("SUPABASE_CLI");
  const command = binary === undefined ? "npx" : binary;
  const prefix = binary === undefined ? ["-y", `supabase@${VERSION}`] : [];
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...prefix, ...args, `--remote=${url}`],
    cwd: REPOSITORY,
    stdin: "null",
    // The server is on loopback, without a certificate.
    env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", PGSSLMODE: "disable" },
  }).output().catch((cause) => {
    throw new SupabaseCliError(
      `Cannot run "${command}". Install Node 20, or set SUPABASE_CLI to the Supabase CLI`,
      { cause },
    );
  });
  const output = new TextDecoder().decode(stdout);
  if (success) return output;
  throw new SupabaseCliError(
    `supabase ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}${output}`.trimEnd(),
  );
}
