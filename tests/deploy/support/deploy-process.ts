import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { HostedProject } from "./hosted-project.ts";
import type { ProjectCopy } from "./project-copy.ts";

/** A `deno task deploy` that runs. */
export interface DeployProcess {
  readonly pid: number;
  /** What it wrote so far, both streams. */
  readonly lines: readonly string[];
  /** Ends with the exit code; a killed one has none of its own. */
  readonly ended: Promise<number>;
  /** Nothing of it may clean up. */
  kill(): Promise<void>;
}

/** Where to deploy to. */
export interface DeployTarget {
  readonly copy: ProjectCopy;
  readonly hosted: HostedProject;
  readonly databaseUrl: string;
  /** The file with the functions' variables. */
  readonly envFile: string;
}

/** Starts `deno task deploy` with these arguments, as a person would, but for the profile. */
export function startDeploy(
  { copy, hosted, databaseUrl, envFile }: DeployTarget,
  args: readonly string[],
): DeployProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "scripts/deploy/deploy.ts",
      ...args,
      "--env-file",
      envFile,
      "--profile",
      hosted.profile,
      "--api-url",
      hosted.apiUrl,
    ],
    cwd: copy.root,
    env: {
      DATABASE_URL: databaseUrl,
      SUPABASE_PROJECT_REF: hosted.projectRef,
      SUPABASE_ACCESS_TOKEN: hosted.accessToken,
      SUPABASE_SECRET_KEY: hosted.keys.secret_key,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const line of createInterface({ input: Readable.fromWeb(stream) })) lines.push(line);
  }));
  const ended = child.status.then(async ({ code }) => {
    await reading;
    return code;
  });
  return {
    pid: child.pid,
    lines,
    ended,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs it to its end. */
export async function deploy(
  target: DeployTarget,
  args: readonly string[],
): Promise<{ code: number; output: string }> {
  const running = startDeploy(target, args);
  const code = await running.ended;
  return { code, output: running.lines.join("\n") };
}
