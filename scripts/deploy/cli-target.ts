import type { Settings } from "./settings.ts";

/** How the CLI is told which project: what goes in its arguments, and what in its environment. */
export interface CliTarget {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Points the CLI at the project; the token goes by the environment alone. */
export function cliTarget(
  { profile }: Settings,
  { projectRef, accessToken }: { readonly projectRef: string; readonly accessToken: string },
): CliTarget {
  return {
    args: [`--remote=${projectRef}`, ...(profile === undefined ? [] : [`--profile=${profile}`])],
    env: { SUPABASE_ACCESS_TOKEN: accessToken },
  };
}
