import type { Project } from "../../stack/project.ts";
import { runSupabase } from "../../supabase-cli/run-supabase.ts";
import { cliTarget } from "../cli-target.ts";
import type { PhasePlan, RunContext, Step } from "../plan.ts";
import type { Settings } from "../settings.ts";
import type { Situation } from "../situation.ts";
import { runSmokeTests } from "../smoke/run-smoke-tests.ts";
import { smokeTests } from "../smoke/smoke-tests.ts";
import { setWorkerSecrets } from "../vault.ts";

const PHASE = "services";
/** Where everybody whom V2 does not serve goes; of no use once V1 is over. */
export const V1_WEBHOOK = "MOBILITY_V1_WEBHOOK_URL";

interface Target {
  readonly projectRef: string;
  readonly accessToken: string;
  readonly apiUrl: string;
  readonly secretKey: string;
}

/** Secrets, functions, the worker's call, and the proof that they answer. */
export function planServices(
  situation: Situation,
  { settings, project, target, root }: {
    readonly settings: Settings;
    readonly project: Project;
    readonly target: Target;
    readonly root: string;
  },
): PhasePlan {
  if (situation.v1 === "present" && settings.functionVariables[V1_WEBHOOK] === undefined) {
    throw new Error(
      `V1 is there and ${V1_WEBHOOK} is not set: everybody would be served by this system at once, ` +
        `whatever the share. Set it in ${settings.envFile}`,
    );
  }
  const cli = cliTarget(settings, target);
  const variables = sentVariables(settings, situation);
  const names = Object.keys(variables).sort();
  const functions = project.functions.map(({ name }) => name);
  const secretsArgs = (file: string): string[] => [
    "secrets",
    "set",
    `--env-file=${file}`,
    ...cli.args,
    "--yes",
  ];
  const deployArgs = ["functions", "deploy", "--use-api", ...cli.args, "--yes"];
  const tests = smokeTests(settings, { ...target, functions });
  const workerUrl = `${target.apiUrl}/functions/v1/whatsapp-webhook/work`;
  const steps: Step[] = [
    {
      phase: PHASE,
      id: "secrets",
      does: `sets ${names.length} variables: ${names.join(", ")}`,
      command: `supabase ${secretsArgs("<a file only you can read, deleted at once>").join(" ")}`,
      repeat: "once",
      input: JSON.stringify(names.map((name) => [name, variables[name]])),
      run: (context) => setSecrets(context, { variables, args: secretsArgs, env: cli.env }),
    },
    {
      phase: PHASE,
      id: "functions",
      does: `deploys ${functions.join(", ")}`,
      command: `supabase ${deployArgs.join(" ")}`,
      repeat: "once",
      run: async ({ journal }) => {
        await runSupabase(deployArgs, {
          root,
          env: cli.env,
          onLine: (line) => journal.log("supabase", { line }),
        });
        return `${functions.length} functions`;
      },
    },
    ...(situation.hasVault
      ? [{
        phase: PHASE,
        id: "worker",
        does: "lets the database call the worker: its address and a key, in Vault",
        command: `select vault.create_secret('${workerUrl}', 'mobility_worker_url');\n` +
          "select vault.create_secret('***', 'mobility_worker_key')",
        repeat: "once" as const,
        input: JSON.stringify([workerUrl, target.secretKey]),
        run: async ({ sql }: RunContext): Promise<string> => {
          await setWorkerSecrets(sql, {
            mobility_worker_url: workerUrl,
            mobility_worker_key: target.secretKey,
          });
          return "";
        },
      }]
      : []),
    {
      phase: PHASE,
      id: "smoke-tests",
      does: `sends ${tests.length} requests that change nothing`,
      command: tests.map(({ request }) => request).join("\n"),
      repeat: "always",
      run: ({ journal }) => runSmokeTests(tests, { journal }),
    },
  ];
  const notes = [
    ...(situation.hasVault
      ? []
      : ["no Vault: the database cannot call the worker, which waits for the webhook"]),
    ...(situation.v1 === "over" && settings.functionVariables[V1_WEBHOOK] !== undefined
      ? [`V1 is over: ${V1_WEBHOOK} is not sent; remove it from ${settings.envFile}`]
      : []),
  ];
  return { phase: PHASE, steps, ...(notes.length === 0 ? {} : { note: notes.join("\n  ") }) };
}

/** What is sent; V1's address no longer, once V1 is over. */
function sentVariables(settings: Settings, situation: Situation): Record<string, string> {
  const sent = { ...settings.functionVariables };
  if (situation.v1 === "over") delete sent[V1_WEBHOOK];
  return sent;
}

/** The CLI takes secrets from its command line, which anybody reads, or from a file: this one is short-lived. */
async function setSecrets(
  { journal, root }: RunContext,
  { variables, args, env }: {
    readonly variables: Readonly<Record<string, string>>;
    readonly args: (file: string) => string[];
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<string> {
  await using file = await secretFile(root, variables);
  await runSupabase(args(file.path), {
    root,
    env,
    onLine: (line) => journal.log("supabase", { line }),
  });
  return `${Object.keys(variables).length} variables`;
}

const SECRET_FILES = "secrets-";

async function secretFile(
  root: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ path: string } & AsyncDisposable> {
  await removeSecretFiles(root);
  const folder = deployFolder(root);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const path = `${folder}/${SECRET_FILES}${crypto.randomUUID()}.env`;
  const lines = Object.entries(variables).map(([name, value]) =>
    `${name}=${quoted(name, value)}\n`
  );
  await Deno.writeTextFile(path, lines.join(""), { mode: 0o600, createNew: true });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** What a killed run may have left. */
export async function removeSecretFiles(root: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(deployFolder(root))) {
      if (name.startsWith(SECRET_FILES)) await Deno.remove(`${deployFolder(root)}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Where logs are kept; git ignores it. */
export function deployFolder(root: string): string {
  return `${root}/.deploy`;
}

/** As dotenv readers take a value whole: they do not look into single quotes. */
function quoted(name: string, value: string): string {
  if (!/['\n\r]/.test(value)) return `'${value}'`;
  if (!/["\\$`\n\r]/.test(value)) return `"${value}"`;
  throw new Error(`Cannot send ${name}: it has a line break, or both kinds of quotes`);
}
