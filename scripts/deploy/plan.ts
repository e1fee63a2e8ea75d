import type { Sql } from "postgres";
import type { GitState } from "./git-state.ts";
import type { Journal } from "./journal.ts";
import type { Options } from "./options.ts";
import type { Settings } from "./settings.ts";
import type { Deployment, DeployState } from "./state/deploy-state.ts";

/** One thing that a deployment would do, as data. */
export interface PlannedStep {
  readonly phase: string;
  readonly id: string;
  readonly does: string;
  /** The exact command or SQL, secrets masked. */
  readonly command: string;
  /** "once": left out when this deployment has done it; "always": done every time. All can be repeated. */
  readonly repeat: "once" | "always";
  /** What it depends on beside the revision: done with another input it is done again. */
  readonly input?: string;
}

/** What a step works with. */
export interface RunContext {
  readonly sql: Sql;
  readonly state: DeployState;
  readonly deployment: Deployment;
  readonly settings: Settings;
  readonly options: Options;
  readonly journal: Journal;
  readonly git: GitState;
  /** The folder that has supabase/ in it, without a slash at its end. */
  readonly root: string;
  /** Makes sure that this process may go on. @throws {LockedError | TakenOverError} */
  keepGoing(): Promise<void>;
}

/** A planned step that can be run; it returns what is to be remembered of it, without secrets. */
export interface Step extends PlannedStep {
  run(context: RunContext): Promise<string>;
}

/** A phase: its steps, or why there is nothing to do. */
export interface PhasePlan {
  readonly phase: string;
  readonly steps: readonly Step[];
  /** Said in the plan. */
  readonly note?: string;
}

/** The plan as lines of text; `isDone` tells what this deployment has behind it. */
export async function renderPlan(
  phases: readonly PhasePlan[],
  isDone: (step: PlannedStep) => Promise<boolean>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const { phase, steps, note } of phases) {
    lines.push("", phase);
    if (note !== undefined) lines.push(`  ${note}`);
    for (const step of steps) {
      const done = step.repeat === "once" && await isDone(step);
      lines.push(`  ${done ? "[done]" : "[ ]"} ${step.id}: ${step.does}`);
      lines.push(...step.command.split("\n").map((line) => `        ${line}`));
      if (!done) {
        const times = step.repeat === "once" ? "again only if it did not finish" : "every time";
        lines.push(`        (safe to repeat; done ${times})`);
      }
    }
  }
  return lines;
}
