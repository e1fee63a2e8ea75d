import { fileURLToPath } from "node:url";
import { runLeashed } from "./leashed-command.ts";

/** The release that the project is tested with. */
export const SUPABASE_VERSION = "3.1.0";

/** The CLI tells of every file that it uploads; the reason comes last. */
const LAST_LINES = 20;
const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));

/** The Supabase CLI could not do what it was asked; the message carries what it printed. */
export class SupabaseCliError extends Error {
  override name = "SupabaseCliError";
}

/** What the CLI is pointed at and told beside its arguments. */
export interface SupabaseOptions {
  /** The database that the command is about. Its password goes by the environment. */
  readonly databaseUrl?: string;
  /** The folder that has supabase/ in it; the repository unless told otherwise. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** One line of what the CLI says while it works. */
  readonly onLine?: (line: string) => void;
}

/** How the CLI is called here: SUPABASE_CLI, or the tested release by npx. */
export function supabaseCommand(): string[] {
  const binary = Deno.env.get("SUPABASE_CLI");
  return binary ? [binary] : ["npx", "-y", `supabase@${SUPABASE_VERSION}`];
}

/**
 * Runs the Supabase CLI and gives what it wrote to standard output.
 * @throws {SupabaseCliError}
 */
export async function runSupabase(
  args: readonly string[],
  { databaseUrl, root = REPOSITORY, env = {}, onLine }: SupabaseOptions = {},
): Promise<string> {
  const remote = databaseUrl === undefined ? undefined : withoutPassword(databaseUrl);
  const command = supabaseCommand();
  const result = await runLeashed([
    ...command,
    ...args,
    ...(remote === undefined ? [] : [`--remote=${remote.url}`]),
  ], {
    cwd: root,
    env: { SUPABASE_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", ...remote?.env, ...env },
    ...(onLine === undefined ? {} : { onLine }),
  });
  if (result.success) return result.stdout;
  if (result.code === 127) {
    throw new SupabaseCliError(
      `Cannot run "${command[0]}". Install Node 20, or set SUPABASE_CLI to the Supabase CLI`,
    );
  }
  const said = `${result.stderr}\n${result.stdout}`.trim().split("\n");
  throw new SupabaseCliError(
    `supabase ${args.join(" ")} failed:\n${said.slice(-LAST_LINES).join("\n")}`,
  );
}

/** A database's URL as it may be shown and passed in arguments, and the rest for the environment. */
export function withoutPassword(
  databaseUrl: string,
): { readonly url: string; readonly env: Record<string, string> } {
  const url = new URL(databaseUrl);
  const password = decodeURIComponent(url.password) || url.searchParams.get("password") || "";
  url.password = "";
  url.searchParams.delete("password");
  // A server on loopback has no certificate.
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return {
    url: url.href,
    env: {
      ...(password === "" ? {} : { PGPASSWORD: password }),
      ...(isLocal && !url.searchParams.has("sslmode") ? { PGSSLMODE: "disable" } : {}),
    },
  };
}
