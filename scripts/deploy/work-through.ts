import type { Sql } from "postgres";
import type { Project } from "../stack/project.ts";
import { TakenOverError } from "./errors.ts";
import type { GitState } from "./git-state.ts";
import type { Journal } from "./journal.ts";
import type { Options, Phase } from "./options.ts";
import { planCleanup } from "./phases/cleanup.ts";
import { planCutover } from "./phases/cutover.ts";
import { planDatabase } from "./phases/database.ts";
import { preChecks } from "./phases/pre-check.ts";
import { planServices, removeSecretFiles } from "./phases/services.ts";
import { type PhasePlan, renderPlan, type RunContext } from "./plan.ts";
import { isStepDone, runSteps, StepError } from "./run-steps.ts";
import { requireSettings, type Settings } from "./settings.ts";
import { readSituation, type Situation } from "./situation.ts";
import { DeployState } from "./state/deploy-state.ts";
import { keepLock, nameHolder, takeLock } from "./state/lock.ts";

/** What is to be deployed, and how. */
export interface Work {
  readonly options: Options;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly root: string;
  readonly git: GitState;
  readonly project: Project;
  readonly migrations: URL;
}

/** What is asked before anything is changed. */
export interface Consent {
  /** @throws when nobody says yes */
  confirm(): void;
  /** Runs the checks of pre-check; false when one failed. */
  checks(): Promise<boolean>;
}

/**
 * Plans, shows the plan, and after consent carries it out under the lock, from where it was left.
 * @throws what stops it, with what to do
 */
export async function workThrough(sql: Sql, work: Work, consent: Consent): Promise<void> {
  const { options, settings, journal, git } = work;
  const state = new DeployState(sql);
  const plans = plan(work, await readSituation(sql, work.migrations));
  await show(state, { work, plans });
  if (options.dryRun) return;
  const hasWork = plans.some(({ steps }) => steps.length > 0);
  if (!hasWork && options.phase !== "all") return;
  refuseDirty(work);
  consent.confirm();
  if (options.phase === "all") {
    journal.report("");
    journal.report("pre-check");
    if (!await consent.checks()) {
      throw new StepError("A check failed, and nothing was changed: mend it, then go on");
    }
  }

  const phase = options.phase;
  await takeLock(sql);
  await state.prepare();
  await nameHolder(sql, { by: git.by, phase });
  await removeSecretFiles(work.root);
  const { deployment, isResumed } = await state.begin({
    revision: git.revision,
    projectRef: settings.projectRef,
    by: git.by,
  });
  if (isResumed) {
    journal.report(`\ngoes on with the deployment of ${deployment.started_at.toISOString()}`);
  }
  const rollback = await state.lastRollback();
  const context: RunContext = {
    sql,
    state,
    deployment,
    settings,
    options,
    journal,
    git,
    root: work.root,
    keepGoing: async () => {
      await keepLock(sql, { by: git.by, phase });
      const last = await state.lastRollback();
      if (last.id !== rollback.id) {
        throw new TakenOverError(
          `Stopped: ${last.by} has rolled back. The share was left as it is`,
        );
      }
    },
  };
  // What was planned before the lock was taken may have been done by whoever held it.
  await runSteps(context, plan(work, await readSituation(sql, work.migrations)));
  journal.report("");
  journal.report(farewell(phase));
}

async function show(
  state: DeployState,
  { work, plans }: { readonly work: Work; readonly plans: readonly PhasePlan[] },
): Promise<void> {
  const { options, journal, git } = work;
  journal.print(`${git.revision.slice(0, 12)} by ${git.by}`);
  if (options.phase === "pre-check" || options.phase === "all") {
    const { checks, close } = preChecks(work);
    await close();
    journal.print("\npre-check");
    for (const { id, title, command } of checks) {
      journal.print(`  [ ] ${id}: ${title}`);
      journal.print(`        ${command}`);
    }
  }
  const latest = await state.exists() ? await state.latest() : undefined;
  const isSame = latest?.revision === git.revision && !options.again;
  const lines = await renderPlan(
    plans,
    async (step) => isSame && latest !== undefined && await isStepDone(state, latest, step),
  );
  for (const line of lines) journal.print(line);
}

function plan(work: Work, situation: Situation): PhasePlan[] {
  const { options } = work;
  if (options.phase !== "all") return planPhase(options.phase, work, situation);
  const order: readonly Phase[] = [
    "database",
    "services",
    "cutover-10",
    "cutover-50",
    "cutover-100",
  ];
  return order.flatMap((phase) => planPhase(phase, work, situation));
}

function planPhase(phase: Phase, work: Work, situation: Situation): PhasePlan[] {
  const { options, settings, project, root } = work;
  switch (phase) {
    case "database": {
      const { databaseUrl } = requireSettings(settings, ["databaseUrl"]);
      return [planDatabase(situation, { databaseUrl, backups: settings.backups })];
    }
    case "services": {
      const target = requireSettings(settings, [
        "projectRef",
        "accessToken",
        "apiUrl",
        "secretKey",
      ]);
      return [planServices(situation, { settings, project, target, root })];
    }
    case "cutover-10":
    case "cutover-50":
    case "cutover-100": {
      requireSettings(settings, ["apiUrl", "secretKey"]);
      const percent = phase === "cutover-10" ? 10 : phase === "cutover-50" ? 50 : 100;
      return [planCutover(percent, situation, options)];
    }
    case "cleanup": {
      const target = requireSettings(settings, ["projectRef", "accessToken"]);
      return [planCleanup(situation, { settings, options, target })];
    }
    default:
      return [];
  }
}

/** What no commit has, nobody can deploy again. */
function refuseDirty({ git, options }: Work): void {
  if (git.dirtyFiles.length === 0 || options.allowDirty) return;
  const files = git.dirtyFiles.slice(0, 5).join(", ");
  throw new StepError(
    `The working tree has ${git.dirtyFiles.length} uncommitted changes (${files}): commit or remove them, ` +
      "or give --allow-dirty. Nothing was changed",
  );
}

function farewell(phase: Phase): string {
  switch (phase) {
    case "database":
      return "Done. Next: deno task deploy services";
    case "services":
      return "Done. Next, where a V1 is beside: deno task deploy cutover-10";
    case "cutover-10":
      return "Done. Next: deno task deploy cutover-50";
    case "cutover-50":
      return "Done. Next: deno task deploy cutover-100";
    case "cutover-100":
    case "all":
      return "Done. After 48 stable hours at 100%, where a V1 was beside: deno task deploy cleanup";
    default:
      return "Done";
  }
}
