import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { variableNames } from "../../shared/platform/config.ts";
import { secretsOf } from "./mask.ts";
import type { Options } from "./options.ts";

/** Where a deployment goes and what it takes along. What is undefined was given nowhere. */
export interface Settings {
  readonly projectRef: string | undefined;
  /** With its password. */
  readonly databaseUrl: string | undefined;
  /** Without a slash at its end. */
  readonly apiUrl: string | undefined;
  readonly metricsUrl: string | undefined;
  /** Acts for anyone in the project. */
  readonly secretKey: string | undefined;
  /** The Supabase CLI's. */
  readonly accessToken: string | undefined;
  readonly profile: string | undefined;
  readonly envFile: string;
  readonly hasEnvFile: boolean;
  /** What the functions find in their environment, beside what the platform gives. */
  readonly functionVariables: Readonly<Record<string, string>>;
  /** Names in the file that nothing reads. */
  readonly unknownNames: readonly string[];
  readonly backups: string;
  /** What must be seen nowhere. */
  readonly secrets: readonly string[];
}

type Variables = Readonly<Record<string, string>>;

/** A setting that a phase cannot do without, and where to give it. */
const SOURCES = {
  projectRef: "the project's ref: --project-ref or SUPABASE_PROJECT_REF",
  databaseUrl: "the database: DATABASE_URL, or --db-url and PGPASSWORD",
  apiUrl: "the project's address: --api-url, or the project's ref",
  secretKey: "the project's secret key (sb_secret_...): SUPABASE_SECRET_KEY",
  accessToken: "an access token of the Supabase CLI: SUPABASE_ACCESS_TOKEN",
} as const;

type Required = keyof typeof SOURCES;

const DEFAULT_ENV_FILE = ".env.production";
/** What this command reads for itself. */
const OWN_NAMES = [
  "SUPABASE_PROJECT_REF",
  "DATABASE_URL",
  "PGPASSWORD",
  "SUPABASE_SECRET_KEY",
  "SUPABASE_ACCESS_TOKEN",
];

/**
 * Settles what the command line, the environment and the file say, in this order.
 * @throws {Error} when the file that was named cannot be read
 */
export async function readSettings(
  options: Options,
  { environment, root }: { readonly environment: Variables; readonly root: string },
): Promise<Settings> {
  const envFile = resolve(root, options.envFile ?? DEFAULT_ENV_FILE);
  const file = await readEnvFile(envFile, { mustExist: options.envFile !== undefined });
  const known = [...variableNames, ...OWN_NAMES];
  const fromEnvironment = pick(environment, known);
  const all: Variables = { ...file, ...fromEnvironment };
  const projectRef = options.projectRef ?? all["SUPABASE_PROJECT_REF"];
  const apiUrl = options.apiUrl ??
    (projectRef === undefined ? undefined : `https://${projectRef}.supabase.co`);
  const databaseUrl = withPassword(options.databaseUrl ?? all["DATABASE_URL"], all["PGPASSWORD"]);
  return {
    projectRef,
    databaseUrl,
    apiUrl: apiUrl?.replace(/\/$/, ""),
    metricsUrl: options.metricsUrl ??
      (apiUrl === undefined ? undefined : `${apiUrl.replace(/\/$/, "")}/functions/v1/metrics`),
    secretKey: all["SUPABASE_SECRET_KEY"],
    accessToken: all["SUPABASE_ACCESS_TOKEN"],
    profile: options.profile === undefined ? undefined : resolve(options.profile),
    envFile,
    hasEnvFile: file !== undefined,
    functionVariables: pick(all, variableNames.filter((name) => !name.startsWith("SUPABASE_"))),
    unknownNames: Object.keys(file ?? {}).filter((name) => !known.includes(name)),
    backups: resolve(root, options.backups ?? "backups"),
    secrets: secretsOf({ ...all, DATABASE_URL: databaseUrl ?? "" }),
  };
}

/**
 * The settings that a phase needs, present.
 * @throws {Error} with all that are missing, and where to give them
 */
export function requireSettings<K extends Required>(
  settings: Settings,
  names: readonly K[],
): { readonly [P in K]: string } {
  const missing = names.filter((name) => settings[name] === undefined);
  if (missing.length > 0) {
    const lines = missing.map((name) => `  ${SOURCES[name]}`);
    throw new Error(
      `Not given, by the command line, the environment or ${settings.envFile}:\n${
        lines.join("\n")
      }`,
    );
  }
  const { projectRef = "", databaseUrl = "", apiUrl = "", secretKey = "", accessToken = "" } =
    settings;
  const present: Record<Required, string> = {
    projectRef,
    databaseUrl,
    apiUrl,
    secretKey,
    accessToken,
  };
  return present;
}

async function readEnvFile(
  path: string,
  { mustExist }: { mustExist: boolean },
): Promise<Variables | undefined> {
  try {
    const values = parseEnv(await Deno.readTextFile(path));
    return pick(values, Object.keys(values));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound && !mustExist) return undefined;
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot read ${path}, which --env-file names: there is no such file`, {
      cause,
    });
  }
}

/** What of it is set; an empty value is none. */
function pick(
  values: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = values[name];
    if (value !== undefined && value !== "") picked[name] = value;
  }
  return picked;
}

function withPassword(
  databaseUrl: string | undefined,
  password: string | undefined,
): string | undefined {
  if (databaseUrl === undefined) return undefined;
  if (!URL.canParse(databaseUrl)) {
    throw new Error("Cannot read DATABASE_URL: give postgres://user:password@host:port/database");
  }
  const url = new URL(databaseUrl);
  if (url.password === "" && password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}
