import { readWhatsAppConfig } from "../../../shared/platform/config.ts";
import { runLeashed } from "../../supabase-cli/leashed-command.ts";
import { SUPABASE_VERSION, supabaseCommand } from "../../supabase-cli/run-supabase.ts";
import type { GitState } from "../git-state.ts";
import type { Settings } from "../settings.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** What must be on this machine: the CLI, a clean working tree, a complete environment. */
export function localChecks(
  settings: Settings,
  { git, allowDirty }: { readonly git: GitState; readonly allowDirty: boolean },
): Check[] {
  return [
    supabaseCheck(),
    {
      id: "git",
      title: "working tree",
      command: "git rev-parse HEAD; git status --porcelain",
      look: () => Promise.resolve(judgeGit(git, allowDirty)),
    },
    {
      id: "environment",
      title: "functions' variables",
      command: `read ${settings.envFile} and the environment as the functions will`,
      look: () => Promise.resolve(judgeEnvironment(settings)),
    },
  ];
}

function supabaseCheck(): Check {
  const command = [...supabaseCommand(), "--version"];
  return {
    id: "supabase-cli",
    title: "Supabase CLI",
    command: command.join(" "),
    look: async () => {
      const { success, stdout } = await runLeashed(command);
      if (!success) {
        return failed(
          "it does not run",
          "Install Node 20 (it is run with npx), or set SUPABASE_CLI to the binary",
        );
      }
      const version = stdout.trim();
      return version === SUPABASE_VERSION ? ok(version) : warning(
        `${version}; tested with ${SUPABASE_VERSION}`,
        `Unset SUPABASE_CLI to use ${SUPABASE_VERSION}, or try this one with --dry-run first`,
      );
    },
  };
}

function judgeGit(git: GitState, allowDirty: boolean): ReturnType<typeof ok> {
  const commit = git.revision.slice(0, 12);
  if (git.dirtyFiles.length === 0) return ok(commit);
  const files = git.dirtyFiles.slice(0, 3).join(", ");
  const detail = `${commit} with ${git.dirtyFiles.length} uncommitted changes (${files})`;
  return allowDirty
    ? warning(detail, "Nobody else can deploy exactly this: commit before a real deployment")
    : failed(detail, "Commit or remove them, or give --allow-dirty");
}

function judgeEnvironment(settings: Settings): ReturnType<typeof ok> {
  const { functionVariables, unknownNames, hasEnvFile, envFile } = settings;
  const count = Object.keys(functionVariables).length;
  try {
    readWhatsAppConfig({
      ...functionVariables,
      SUPABASE_URL: settings.apiUrl ?? "",
      SUPABASE_SERVICE_ROLE_KEY: settings.secretKey ?? "",
    });
  } catch (error) {
    return failed(
      (error instanceof Error ? error.message : String(error))
        .replace("Cannot start, these environment variables are missing or malformed: ", "lacks ")
        .replace("SUPABASE_SECRET_KEYS or SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY")
        .replace("SUPABASE_URL", "SUPABASE_PROJECT_REF or --api-url"),
      hasEnvFile ? `Set them in ${envFile}` : `Write ${envFile}: docs/deployment.md has a template`,
    );
  }
  if (unknownNames.length > 0) {
    return warning(
      `complete; nothing reads ${unknownNames.join(", ")}`,
      "Look for a misspelt name; these are not sent",
    );
  }
  if (functionVariables["UPSTASH_REDIS_REST_URL"] === undefined) {
    return warning(
      `${count} variables; no Redis`,
      "Without UPSTASH_REDIS_REST_URL nothing is cached, limited or counted: a cutover cannot be watched",
    );
  }
  if (functionVariables["METRICS_TOKEN"] === undefined) {
    return warning(
      `${count} variables; no METRICS_TOKEN`,
      "Set one: Prometheus should not hold the project's secret key",
    );
  }
  return ok(`${count} variables, complete`);
}
