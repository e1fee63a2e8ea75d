import { z } from "zod";
import { describeDuration } from "../duration.ts";
import { RolledBackError, TakenOverError } from "../errors.ts";
import type { Options } from "../options.ts";
import type { PhasePlan, RunContext, Step } from "../plan.ts";
import { StepError } from "../run-steps.ts";
import type { Situation } from "../situation.ts";
import { requireEqualSides } from "./equal-sides.ts";
import { watchShare } from "../soak/watch-share.ts";
import { readShare, setShareIfStill, type Share } from "../state/share.ts";
import { endSoak, lastSoak } from "../state/soaks.ts";

/** The shares that a rollout goes through. */
export const SHARES = [10, 50, 100] as const;

const READ_DEADLINE_MS = 10_000;
const health = z.object({ status: z.string() });
// A database that is away for a moment must not keep a breach from being rolled back.
const ROLL_BACK_ATTEMPTS = 120;
const ROLL_BACK_PAUSE_MS = 1_000;

/** Gives a share of the people to this system and watches it. */
export function planCutover(
  percent: typeof SHARES[number],
  situation: Situation,
  options: Options,
): PhasePlan {
  const phase = `cutover-${percent}`;
  if (situation.v1 !== "present") {
    const why = situation.v1 === "absent" ? "no V1" : "V1 is over";
    return { phase, steps: [], note: `${why}: everybody is served already` };
  }
  const present = situation.share?.percent ?? 0;
  if (present > percent) {
    return { phase, steps: [], note: `${present}% are served already` };
  }
  const { soak } = options;
  const equal: Step = {
    phase,
    id: "equal-sides",
    does: "makes sure that V1's history is carried over and that both sides are equal",
    command: "the backfill has come to its end: deno task v1:backfill\n" +
      "and there are 0 differences: deno task v1:verify",
    repeat: "always",
    run: (context) => requireEqualSides(context),
  };
  const steps: Step[] = [
    // Whoever is served already cannot be kept waiting by a difference.
    ...(percent === SHARES[0] && present === 0 ? [equal] : []),
    {
      phase,
      id: "set-share",
      does: `gives ${percent}% of the people to this system`,
      command: `select public.set_rollout(${percent}, '<who>')`,
      repeat: "always",
      run: (context) => setShare(context, percent),
    },
    {
      phase,
      id: "soak",
      does: `watches for ${describeDuration(soak.soakS)}; rolls back when more than ${
        soak.maxErrorRate * 100
      }% are errors or the 95th percentile is above ${soak.maxP95Ms} ms`,
      command:
        `GET <metrics> and /whatsapp-webhook/health every ${describeDuration(soak.lookS)}\n` +
        "on a breach: select public.set_rollout(0, '<who>')",
      repeat: "always",
      run: (context) => soakShare(context, percent),
    },
  ];
  return { phase, steps };
}

async function setShare(context: RunContext, percent: number): Promise<string> {
  const { sql, git } = context;
  const share = await presentShare(context);
  if (share.percent === percent) return `${percent}% already, set by ${share.set_by ?? "nobody"}`;
  if (share.percent > percent) {
    throw new StepError(
      `Cannot go down from ${share.percent}% to ${percent}%: the only way down is deno task deploy rollback`,
    );
  }
  await requireServices(context);
  await requireSoakBefore(context, { percent, share });
  // A rollback says so before it sets the share, so one of the two shows.
  await context.keepGoing();
  if (!await setShareIfStill(sql, { still: share, percent, by: git.by })) {
    throw new TakenOverError("Somebody else has set the share in this moment: nothing was changed");
  }
  return `${percent}%`;
}

async function presentShare({ sql }: RunContext): Promise<Share> {
  const share = await readShare(sql);
  if (share !== undefined) return share;
  throw new StepError(
    "There is nothing to cut over to yet: deno task deploy database, then services",
  );
}

/** What was never seen to answer gets nobody. */
async function requireServices({ state, deployment }: RunContext): Promise<void> {
  for (const step of ["functions", "smoke-tests"]) {
    const last = await state.lastAttempt(deployment, { phase: "services", step });
    if (last?.status === "done") continue;
    throw new StepError(
      `This version (${deployment.revision.slice(0, 12)}) has no finished services phase: ` +
        "deno task deploy services",
    );
  }
}

async function requireSoakBefore(
  { sql, deployment }: RunContext,
  { percent, share }: { readonly percent: number; readonly share: Share },
): Promise<void> {
  const before = SHARES.filter((each) => each < percent).at(-1);
  if (before === undefined) return;
  const soak = await lastSoak(sql, { deployment, percent: before });
  if (
    soak?.outcome === "passed" && share.percent === before && soak.share_set_at === share.set_at
  ) return;
  const why = soak === undefined
    ? `this version was never watched at ${before}%`
    : soak.outcome === "passed"
    ? `the share has been set to ${share.percent}% since`
    : `its soak at ${before}% is ${soak.outcome.replace("_", " ")}`;
  throw new StepError(
    `Cannot give it ${percent}%: ${why}. First: deno task deploy cutover-${before}`,
  );
}

async function soakShare(context: RunContext, percent: number): Promise<string> {
  const { sql, deployment, options, journal } = context;
  const share = await presentShare(context);
  if (share.percent !== percent) {
    throw new TakenOverError(
      `The share is ${share.percent}%, set by ${share.set_by ?? "nobody"}: nothing to watch`,
    );
  }
  const last = await lastSoak(sql, { deployment, percent });
  if (last?.outcome === "passed" && last.share_set_at === share.set_at) {
    return `passed before: ${describeDuration(last.watched_s)} watched`;
  }
  const result = await watchShare({
    sql,
    deployment,
    share,
    soak: options.soak,
    journal,
    readMetrics: () => readMetrics(context),
    checkWebhook: () => checkWebhook(context),
    keepGoing: () => context.keepGoing(),
  });
  if (result.outcome === "passed") return `${describeDuration(result.watchedS)} watched`;
  if (result.outcome === "taken_over") {
    throw new TakenOverError(`The soak ends: ${result.reason}. It was left as it is`);
  }
  return await rollBack(context, { share, reason: result.reason });
}

/** A breach: everybody back to V1, unless somebody else has decided meanwhile. */
async function rollBack(
  context: RunContext,
  { share, reason }: { readonly share: Share; readonly reason: string },
): Promise<never> {
  const { sql, state, deployment, git, journal } = context;
  journal.report(`    BREACH: ${reason}`);
  journal.log("breach", { percent: share.percent, reason });
  const startedAt = performance.now();
  const by = `soak of ${git.by}`;
  const isDone = await insist(() => setShareIfStill(sql, { still: share, percent: 0, by }));
  const took = ((performance.now() - startedAt) / 1000).toFixed(1);
  const soak = await lastSoak(sql, { deployment, percent: share.percent });
  if (soak !== undefined) await endSoak(sql, soak, { outcome: "breached", reason });
  if (!isDone) {
    throw new TakenOverError(
      `${reason}; somebody else has set the share meanwhile: it was left as it is`,
    );
  }
  const id = await state.start(deployment, { phase: "rollback", step: "breach", by });
  await state.finish(id, { status: "done", detail: reason });
  throw new RolledBackError(
    `Rolled back to 0% in ${took} s: ${reason}.\nEverybody is with V1 again (a webhook may remember ` +
      `the old share for 5 s). Find the cause, then begin again: deno task deploy cutover-10`,
  );
}

async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ROLL_BACK_ATTEMPTS) {
        throw new Error(
          "THE SHARE COULD NOT BE SET TO 0%: the database does not answer. As soon as it does: " +
            "deno task deploy rollback --yes",
          { cause: error },
        );
      }
      await new Promise((resolve) => setTimeout(resolve, ROLL_BACK_PAUSE_MS));
    }
  }
}

async function readMetrics({ settings }: RunContext): Promise<string> {
  const token = settings.functionVariables["METRICS_TOKEN"];
  const response = await fetch(settings.metricsUrl ?? "", {
    headers: token === undefined
      ? { apikey: settings.secretKey ?? "" }
      : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(READ_DEADLINE_MS),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return text;
}

async function checkWebhook({ settings }: RunContext): Promise<void> {
  const response = await fetch(`${settings.apiUrl}/functions/v1/whatsapp-webhook/health`, {
    signal: AbortSignal.timeout(READ_DEADLINE_MS),
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.status === 200 && health.safeParse(body).success) return;
  throw new Error(`status ${response.status}`);
}
