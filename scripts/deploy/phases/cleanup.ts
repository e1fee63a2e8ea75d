import type { Sql } from "postgres";
import { z } from "zod";
import { runSupabase } from "../../supabase-cli/run-supabase.ts";
import { cliTarget } from "../cli-target.ts";
import { describeDuration } from "../duration.ts";
import type { Options } from "../options.ts";
import type { PhasePlan, RunContext } from "../plan.ts";
import { StepError } from "../run-steps.ts";
import type { Settings } from "../settings.ts";
import type { Situation } from "../situation.ts";
import { V1_WEBHOOK } from "./services.ts";

const PHASE = "cleanup";

/** Takes V1's part away, once nobody needs it any more. There is no way back from here. */
export function planCleanup(
  situation: Situation,
  { settings, options, target }: {
    readonly settings: Settings;
    readonly options: Options;
    readonly target: { readonly projectRef: string; readonly accessToken: string };
  },
): PhasePlan {
  if (situation.v1 !== "present") {
    const why = situation.v1 === "absent" ? "no V1" : "V1 is over";
    return { phase: PHASE, steps: [], note: `${why}: there is nothing to take away` };
  }
  const cli = cliTarget(settings, target);
  const args = ["secrets", "unset", V1_WEBHOOK, ...cli.args, "--yes"];
  return {
    phase: PHASE,
    note: "there is no rollback after this; V1's tables stay as they are",
    steps: [
      {
        phase: PHASE,
        id: "stable",
        does: `makes sure of ${describeDuration(options.stableS)} at 100% without a rollback`,
        command: "select percent, changed_at from mobility.rollout",
        repeat: "always",
        run: ({ sql }) => requireStable(sql, options.stableS),
      },
      {
        phase: PHASE,
        id: "v1-webhook",
        does: "forwards nothing to V1 any more",
        command: `supabase ${args.join(" ")}`,
        repeat: "once",
        run: async ({ journal, root }) => {
          await runSupabase(args, {
            root,
            env: cli.env,
            onLine: (line) => journal.log("supabase", { line }),
          });
          return `remove ${V1_WEBHOOK} from ${settings.envFile} too`;
        },
      },
      {
        phase: PHASE,
        id: "forget-v1",
        does: "takes the triggers off V1's tables: nothing is carried over any more",
        command: "select mobility_v1.uninstall()",
        repeat: "once",
        run: forgetV1,
      },
    ],
  };
}

/** @throws {StepError} with how long it still takes */
async function requireStable(sql: Sql, stableS: number): Promise<string> {
  const [row] = await sql`
    select r.percent, extract(epoch from now() - r.changed_at)::float8 as age_s,
      exists (
        select from mobility_deploy.soaks s
        where s.percent = 100 and s.outcome = 'passed' and s.share_set_at = r.changed_at
      ) as is_soaked
    from mobility.rollout r`;
  const { percent, age_s, is_soaked } = z.object({
    percent: z.number(),
    age_s: z.number(),
    is_soaked: z.boolean(),
  }).parse(row);
  if (percent !== 100) {
    throw new StepError(`Cannot clean up at ${percent}%: first deno task deploy cutover-100`);
  }
  if (!is_soaked) {
    throw new StepError(
      "Cannot clean up: the soak at 100% has not passed. deno task deploy cutover-100",
    );
  }
  if (age_s < stableS) {
    throw new StepError(
      `Cannot clean up yet: at 100% for ${describeDuration(age_s)} of ${
        describeDuration(stableS)
      }. ` +
        `Again in ${describeDuration(stableS - age_s)}`,
    );
  }
  return `${describeDuration(age_s)} at 100%`;
}

async function forgetV1({ sql }: RunContext): Promise<string> {
  const [row] = await sql<{ there: boolean }[]>`
    select to_regprocedure('mobility_v1.uninstall()') is not null as there`;
  if (!row?.there) return "nothing was installed beside V1";
  await sql`select mobility_v1.uninstall()`;
  return "";
}
