import { pathToFileURL } from "node:url";
import { backUp } from "../../backup/mod.ts";
import { installBridge } from "../../v1/install-bridge.ts";
import { runSupabase, withoutPassword } from "../../supabase-cli/run-supabase.ts";
import type { PhasePlan, RunContext, Step } from "../plan.ts";
import { StepError } from "../run-steps.ts";
import { readSituation, type Situation } from "../situation.ts";
import { readShare, setShare } from "../state/share.ts";
import { adviseOnGoingBack } from "./going-back.ts";

const PHASE = "database";

/** Backs up, then applies the pending migrations; a V1 keeps everybody until the first cutover. */
export function planDatabase(
  situation: Situation,
  { databaseUrl, backups }: { readonly databaseUrl: string; readonly backups: string },
): PhasePlan {
  const { pending, hasData } = situation;
  const backup: Step = {
    phase: PHASE,
    id: "back-up",
    does: `saves everything before ${pending.length} migrations`,
    command: `deno task backup --to ${backups}/before-<commit>-<time>`,
    repeat: "once",
    // A push that was killed half-way has changed what there is to save.
    input: pending.join(),
    run: (context) => backUpFirst(context, { databaseUrl, situation }),
  };
  const push: Step = {
    phase: PHASE,
    id: "push",
    does: pending.length === 0 ? "finds no migration to apply" : `applies ${pending.length}`,
    command: `supabase ${pushArgs().join(" ")} --remote=${withoutPassword(databaseUrl).url}`,
    // What is pending was not applied, whatever was recorded: the database may have been restored since.
    repeat: pending.length > 0 ? "always" : "once",
    run: (context) => pushMigrations(context, databaseUrl),
  };
  const share: Step = {
    phase: PHASE,
    id: "start-at-0",
    does: "leaves everybody with V1 until the first cutover, unless a share was there before",
    command: "select public.set_rollout(0, '<who>')",
    repeat: "once",
    run: startAtZero,
  };
  const bridge: Step = {
    phase: PHASE,
    id: "bridge",
    does: "notes V1's changes from here on: triggers on its tables, between its writes",
    command: "select mobility_v1.install_next() until nothing is left, for 2 minutes at most",
    // What is in place is left as it is; somebody may have taken it down.
    repeat: "always",
    run: putBridgeUp,
  };
  return {
    phase: PHASE,
    steps: [
      ...(hasData && pending.length > 0 ? [backup] : []),
      push,
      ...(situation.v1 === "present" ? [share, bridge] : []),
    ],
    ...(hasData ? {} : { note: "nothing is there yet that a backup would save" }),
  };
}

function pushArgs(): string[] {
  return ["db", "push", "--yes"];
}

async function backUpFirst(
  { git, settings, journal }: RunContext,
  { databaseUrl, situation }: { readonly databaseUrl: string; readonly situation: Situation },
): Promise<string> {
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const { folder } = await backUp({
    databaseUrl,
    folder: `${settings.backups}/before-${git.revision.slice(0, 12)}-${time}`,
    onProgress: (line) => journal.report(`    ${line}`),
  });
  return `${folder} (${adviseOnGoingBack(situation, folder)})`;
}

async function putBridgeUp({ sql, journal }: RunContext): Promise<string> {
  const busy = await installBridge(sql, {
    onProgress: (line) => journal.report(`    ${line}`),
  });
  return busy === 0 ? "in place" : `in place, after ${busy} tries that found a table busy`;
}

async function pushMigrations(context: RunContext, databaseUrl: string): Promise<string> {
  const { journal, root, sql } = context;
  const migrations = pathToFileURL(`${root}/supabase/migrations/`);
  const { pending: before } = await readSituation(sql, migrations);
  await runSupabase(pushArgs(), {
    databaseUrl,
    root,
    onLine: (line) => journal.log("supabase", { line }),
  });
  const { pending } = await readSituation(sql, migrations);
  if (pending.length > 0) {
    throw new StepError(
      `supabase db push ended well and left ${
        pending.join(", ")
      }: look into the log, then run database again`,
    );
  }
  // The API reads the schema anew.
  await sql`notify pgrst, 'reload schema'`;
  return `${before.length} applied, none pending`;
}

/**
 * The migrations give everybody to V2, which is right where there is no V1. A share that somebody has set,
 * or that is older than the first deployment by this tool, is in use and stays.
 */
async function startAtZero({ sql, git }: RunContext): Promise<string> {
  const share = await readShare(sql);
  if (share === undefined) throw new StepError("The migrations brought no mobility.rollout");
  if (share.set_by !== null) return `${share.percent}%, set by ${share.set_by}`;
  const [row] = await sql<{ is_older: boolean }[]>`
    select changed_at < (select min(started_at) from mobility_deploy.deployments) as is_older
    from mobility.rollout`;
  if (row?.is_older) return `${share.percent}%, as it was before this tool`;
  await setShare(sql, { percent: 0, by: git.by });
  return "0%";
}
