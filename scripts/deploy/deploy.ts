import { fileURLToPath, pathToFileURL } from "node:url";
import type { Sql } from "postgres";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { readProject } from "../stack/project.ts";
import { RolledBackError } from "./errors.ts";
import { readAuthor, readGitState } from "./git-state.ts";
import { Journal } from "./journal.ts";
import { createMask } from "./mask.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { preChecks, runChecks } from "./phases/pre-check.ts";
import { rollBack, ROLLBACK_PLAN } from "./phases/rollback.ts";
import { deployFolder } from "./phases/services.ts";
import { showStatus } from "./phases/status.ts";
import { readSettings, requireSettings, type Settings } from "./settings.ts";
import { connect, describeDatabase } from "./state/connection.ts";
import { type Work, workThrough } from "./work-through.ts";

/** Exit codes, as the usage tells them. */
const DONE = 0;
const NOT_DONE = 1;
const ROLLED_BACK = 3;

/** `deno task deploy`: gives the exit code. */
async function main(): Promise<number> {
  const options = parseOptions(Deno.args);
  if (options === undefined) {
    print(USAGE);
    return DONE;
  }
  const root = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
  const settings = await readSettings(options, { environment: Deno.env.toObject(), root });
  const journal = await Journal.open({
    mask: createMask(settings.secrets),
    phase: options.phase,
    // Looking leaves nothing behind.
    ...(options.dryRun || options.phase === "status" ? {} : { folder: deployFolder(root) }),
  });
  try {
    const code = await perform({ options, settings, journal, root });
    journal.log("ended", { code });
    return code;
  } catch (error) {
    if (isMistyped(error)) throw error;
    const message = describeError(error);
    journal.log("failed", { message });
    journal.report(`\n${message}`);
    if (journal.path !== undefined) report(`The log: ${journal.path}`);
    return error instanceof RolledBackError ? ROLLED_BACK : NOT_DONE;
  } finally {
    journal.close();
  }
}

interface Run {
  readonly options: Options;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly root: string;
}

async function perform({ options, settings, journal, root }: Run): Promise<number> {
  const project = await readProject(root);
  const migrations = pathToFileURL(`${project.supabase}/migrations/`);
  const { databaseUrl } = requireSettings(settings, ["databaseUrl"]);
  journal.log("started", { phase: options.phase, database: describeDatabase(databaseUrl) });
  if (options.phase === "status") {
    return await withSql(databaseUrl, async (sql) => {
      const functions = project.functions.map(({ name }) => name);
      await showStatus(sql, { settings, journal, migrations, functions });
      return DONE;
    });
  }
  if (options.phase === "rollback") {
    // An emergency asks for no working tree.
    const by = await readAuthor(root);
    for (const line of ROLLBACK_PLAN) journal.print(line);
    if (options.dryRun) return DONE;
    confirm(journal, {
      yes: options.yes,
      question: `Send everybody to V1 (${describeDatabase(databaseUrl)})?`,
    });
    return await withSql(
      databaseUrl,
      async (sql) => await rollBack(sql, { settings, journal, by }) ? DONE : NOT_DONE,
    );
  }
  const git = await readGitState(root);
  if (options.phase === "pre-check" && !options.dryRun) {
    const subject = { settings, options, git, migrations };
    return await checked(journal, subject) ? DONE : NOT_DONE;
  }
  const work: Work = { options, settings, journal, root, git, project, migrations };
  return await withSql(databaseUrl, async (sql) => {
    await workThrough(sql, work, {
      confirm: () =>
        confirm(journal, {
          yes: options.yes,
          question: `Deploy to ${describeDatabase(databaseUrl)}?`,
        }),
      checks: () => checked(journal, { settings, options, git, migrations }),
    });
    return DONE;
  });
}

async function checked(
  journal: Journal,
  subject: Parameters<typeof preChecks>[0],
): Promise<boolean> {
  const { checks, close } = preChecks(subject);
  try {
    return await runChecks(journal, checks);
  } finally {
    await close();
  }
}

async function withSql<T>(databaseUrl: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(databaseUrl);
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Asks a person. @throws {Error} when they say no, and where nobody can be asked */
function confirm(
  journal: Journal,
  { yes, question }: { readonly yes: boolean; readonly question: string },
): void {
  if (yes) return;
  if (!Deno.stdin.isTerminal()) {
    throw new Error("Nobody can be asked here, and nothing was changed: give --yes to go ahead");
  }
  journal.report(`\n${question} [y/N]`);
  const answer = new Uint8Array(16);
  const length = Deno.stdin.readSync(answer) ?? 0;
  if (/^y(es)?$/i.test(new TextDecoder().decode(answer.subarray(0, length)).trim())) return;
  throw new Error("Nothing was changed");
}

function isMistyped(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    String(error.code).startsWith("ERR_PARSE_ARGS");
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(describeError).join("; ");
  }
  return error.message || error.name;
}

if (import.meta.main) await runCommand(main, USAGE);
