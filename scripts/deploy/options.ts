import { parseArgs } from "node:util";
import { parseDuration } from "./duration.ts";

/** What can be asked for, in the order in which a deployment goes through it. */
export const PHASES = [
  "pre-check",
  "database",
  "services",
  "cutover-10",
  "cutover-50",
  "cutover-100",
  "status",
  "rollback",
  "cleanup",
  "all",
] as const;

export type Phase = typeof PHASES[number];

/** How a share of the people is watched. Durations in seconds. */
export interface SoakOptions {
  readonly soakS: number;
  readonly lookS: number;
  readonly windowS: number;
  readonly maxErrorRate: number;
  readonly maxP95Ms: number;
  readonly minRequests: number;
  readonly maxBlindS: number;
}

/** The command line. */
export interface Options {
  readonly phase: Phase;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly again: boolean;
  readonly allowDirty: boolean;
  readonly projectRef: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly envFile: string | undefined;
  readonly profile: string | undefined;
  readonly apiUrl: string | undefined;
  readonly metricsUrl: string | undefined;
  readonly backups: string | undefined;
  readonly stableS: number;
  readonly soak: SoakOptions;
}

/** V1's part is not removed before this many seconds at 100%; no option makes it less. */
export const LEAST_STABLE_S = 48 * 3600;

export const USAGE = `deno task deploy <phase> [options]

phases, in the order of a deployment
  pre-check     looks at everything a deployment needs and changes nothing
  database      backs up, applies the pending migrations; with a V1 beside, the share starts at 0%
  services      sets the secrets, deploys all functions, sets up the worker, smoke tests
  cutover-10    10% of the people to this system, then watches (soaks); 50 and 100 likewise
  cutover-50    needs a passed soak at 10%
  cutover-100   needs a passed soak at 50%
  all           all of the above in one go; what is done already is left out
  cleanup       takes V1's part away, after 48 stable hours at 100%
and at any time
  status        what is deployed, the share, the soak, pending migrations, health
  rollback      0% to this system, everybody to V1, at once; also while another deployer works
Without a V1 in the database the cutovers and the cleanup have nothing to do and say so.

where to
  --project-ref R   the project (SUPABASE_PROJECT_REF)
  --db-url U        its direct or session-pooler connection (DATABASE_URL). Give the password by
                    DATABASE_URL or PGPASSWORD: a command line can be read by others
  --env-file F      the functions' variables and what is named here in capitals (.env.production);
                    the environment comes before the file. Names that begin with SUPABASE_ stay here
  --api-url U       the project's address (https://<ref>.supabase.co)
  --metrics-url U   where the soak reads the metrics (<api-url>/functions/v1/metrics)
  --profile F       the Supabase CLI's profile, for another management API
  also needed: SUPABASE_ACCESS_TOKEN (the CLI's), SUPABASE_SECRET_KEY (the project's sb_secret_ key)

how
  --dry-run         prints the plan and stops
  --yes             does not ask; needed where nobody can answer
  --again           repeats steps that this deployment has done already
  --allow-dirty     deploys although the working tree has changes that no commit has
  --backups DIR     where the backup before the migrations goes (backups)

the soak
  --soak 48h            how long a share is watched before the next may follow. Only time that was
                        watched, with enough traffic to judge, counts. Ctrl-C stops watching and
                        leaves the share; the same command goes on
  --look 30s            how often
  --window 5m           what each look judges
  --max-error-rate 0.01 more answers with 5xx than this share roll back
  --max-p95-ms 500      a slower 95th percentile rolls back
  --min-requests 20     fewer in the window are no judgement: that time does not count
  --max-blind 2m        metrics unreadable or webhook unhealthy for longer roll back
  --stable 48h          cleanup waits so long at 100%; 48h at least

exit codes: 0 done; 1 not done, the reason is in the last lines; 3 rolled back by itself`;

/**
 * Reads the command line; undefined when help was asked for.
 * @throws {Error} with what is wrong and what would be right
 */
export function parseOptions(args: readonly string[]): Options | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h", default: false },
      "dry-run": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      again: { type: "boolean", default: false },
      "allow-dirty": { type: "boolean", default: false },
      "project-ref": { type: "string" },
      "db-url": { type: "string" },
      "env-file": { type: "string" },
      profile: { type: "string" },
      "api-url": { type: "string" },
      "metrics-url": { type: "string" },
      backups: { type: "string" },
      soak: { type: "string", default: "48h" },
      look: { type: "string", default: "30s" },
      window: { type: "string", default: "5m" },
      "max-error-rate": { type: "string", default: "0.01" },
      "max-p95-ms": { type: "string", default: "500" },
      "min-requests": { type: "string", default: "20" },
      "max-blind": { type: "string", default: "2m" },
      stable: { type: "string", default: "48h" },
    },
  });
  if (values.help) return undefined;
  const [name, ...rest] = positionals;
  const phase = PHASES.find((known) => known === name);
  if (phase === undefined || rest.length > 0) {
    throw new Error(
      `${name === undefined ? "Which phase?" : `Cannot deploy "${positionals.join(" ")}":`} ` +
        `give one of ${PHASES.join(", ")}. deno task deploy --help says what they do`,
    );
  }
  const stableS = parseDuration(values.stable, "--stable");
  if (stableS < LEAST_STABLE_S) {
    throw new Error(`Cannot use --stable ${values.stable}: 48h is the least`);
  }
  const lookS = parseDuration(values.look, "--look");
  const windowS = parseDuration(values.window, "--window");
  if (lookS <= 0 || lookS * 2 > windowS) {
    throw new Error(
      `Cannot look every ${values.look}: a window (${values.window}) takes two looks`,
    );
  }
  return {
    phase,
    dryRun: values["dry-run"],
    yes: values.yes,
    again: values.again,
    allowDirty: values["allow-dirty"],
    projectRef: values["project-ref"],
    databaseUrl: withoutSecret(values["db-url"]),
    envFile: values["env-file"],
    profile: values.profile,
    apiUrl: values["api-url"],
    metricsUrl: values["metrics-url"],
    backups: values.backups,
    stableS,
    soak: {
      soakS: parseDuration(values.soak, "--soak"),
      lookS,
      windowS,
      maxErrorRate: parseAmount(values["max-error-rate"], { name: "--max-error-rate", most: 1 }),
      maxP95Ms: parseAmount(values["max-p95-ms"], { name: "--max-p95-ms" }),
      minRequests: parseAmount(values["min-requests"], { name: "--min-requests", least: 1 }),
      maxBlindS: parseDuration(values["max-blind"], "--max-blind"),
    },
  };
}

function parseAmount(
  text: string,
  { name, least = 0, most = Infinity }: { name: string; least?: number; most?: number },
): number {
  const amount = Number(text);
  if (text.trim() !== "" && amount >= least && amount <= most) return amount;
  const range = most === Infinity ? `${least} or more` : `from ${least} to ${most}`;
  throw new Error(`Cannot use "${text}" as ${name}: give a number, ${range}`);
}

/** Whoever is on this machine can read a command line. */
function withoutSecret(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  if (!URL.canParse(url)) {
    throw new Error("Cannot read --db-url: give postgres://user@host:port/database");
  }
  const { password, searchParams } = new URL(url);
  if (password !== "" || searchParams.has("password")) {
    throw new Error(
      "Cannot take a password from the command line, where others can read it: " +
        "give the URL in DATABASE_URL, or the password in PGPASSWORD",
    );
  }
  return url;
}
