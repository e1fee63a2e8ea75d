import { describeDuration } from "./duration.ts";
import type { PhasePlan, PlannedStep, RunContext, Step } from "./plan.ts";
import { type Deployment, type DeployState, inputHash } from "./state/deploy-state.ts";

/** A step that could not be done; the message says what to do. */
export class StepError extends Error {
  override name = "StepError";
}

/** Whether a deployment has done a step, with the same input. */
export async function isStepDone(
  state: DeployState,
  deployment: Deployment,
  step: PlannedStep,
): Promise<boolean> {
  const last = await state.lastAttempt(deployment, { phase: step.phase, step: step.id });
  const input = step.input === undefined ? null : inputHash(deployment, step.input);
  return last?.status === "done" && last.input === input;
}

/**
 * Runs what is not done yet, in order, and remembers each step before it begins and when it has ended.
 * @throws what the first failing step throws
 */
export async function runSteps(context: RunContext, phases: readonly PhasePlan[]): Promise<void> {
  for (const { phase, steps, note } of phases) {
    context.journal.report("");
    context.journal.report(phase);
    if (note !== undefined) context.journal.report(`  ${note}`);
    for (const step of steps) await runStep(context, step);
  }
}

async function runStep(context: RunContext, step: Step): Promise<void> {
  const { state, deployment, journal, git, options } = context;
  await context.keepGoing();
  const isKept = step.repeat === "once" && !options.again;
  if (isKept && await isStepDone(state, deployment, step)) {
    journal.report(`  ${step.id}: done before`);
    return;
  }
  journal.report(`  ${step.id}: ${step.does}`);
  journal.log("step_started", { phase: step.phase, step: step.id });
  const startedAt = performance.now();
  const id = await state.start(deployment, {
    phase: step.phase,
    step: step.id,
    by: git.by,
    ...(step.input === undefined ? {} : { input: inputHash(deployment, step.input) }),
  });
  try {
    const detail = journal.masked(await step.run(context));
    await state.finish(id, { status: "done", detail });
    const took = describeDuration((performance.now() - startedAt) / 1000);
    journal.report(`  ${step.id}: done in ${took}${detail === "" ? "" : `: ${detail}`}`);
    journal.log("step_done", { phase: step.phase, step: step.id, detail });
  } catch (error) {
    const message = journal.masked(error instanceof Error ? error.message : String(error));
    journal.log("step_failed", { phase: step.phase, step: step.id, message });
    // The database itself may be what failed.
    await state.finish(id, { status: "failed", detail: message.slice(0, 2000) }).catch(() => {});
    throw error;
  }
}
