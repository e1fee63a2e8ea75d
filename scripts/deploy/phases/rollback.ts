import type { Sql } from "postgres";
import { z } from "zod";
import type { Journal } from "../journal.ts";
import type { Settings } from "../settings.ts";
import { DeployState } from "../state/deploy-state.ts";
import { readShare, setShare } from "../state/share.ts";

/** What the plan says: the whole of a rollback. */
export const ROLLBACK_PLAN: readonly string[] = [
  "",
  "rollback",
  "  [ ] set-share: everybody to V1, whoever deploys at the moment",
  "        select public.set_rollout(0, '<who>')",
  "  [ ] verify: asks the API for the share, and waits until no webhook remembers another one",
  "        POST /rest/v1/rpc/get_rollout",
  "        (safe to repeat; done every time)",
];

/** For how long a webhook remembers the share (shared/webhook/rollout.ts), and a little more. */
const REMEMBERED_MS = 5_250;
const DEADLINE_MS = 3_000;
const rollout = z.object({ percent: z.number() });

/** Sends everybody to V1. True when the share is 0 and every webhook knows it. */
export async function rollBack(
  sql: Sql,
  { settings, journal, by }: {
    readonly settings: Settings;
    readonly journal: Journal;
    readonly by: string;
  },
): Promise<boolean> {
  const startedAt = performance.now();
  const elapsed = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  const before = await readShare(sql);
  if (before === undefined) {
    journal.print("There is nothing to roll back: the database has no share of people yet");
    return false;
  }
  if (!await hasV1(sql).catch(() => true)) {
    await explainWithoutV1(sql, journal);
    return false;
  }
  // First of all it is said, so that another deployer who sees the share before sees this too.
  const record = await recordStart(sql, by).catch(() => undefined);
  const share = await setShare(sql, { percent: 0, by: `rollback by ${by}` });
  const setAt = performance.now();
  journal.print(`  the share is ${share.percent}%, it was ${before.percent}% (${elapsed()})`);
  await recordEnd(sql, record).catch((error: unknown) =>
    journal.log("not_recorded", { message: String(error) })
  );
  const seen = await askApi(settings);
  if (seen !== undefined && seen !== 0) {
    journal.print(`  the API says ${seen}%: is --api-url the project of this database?`);
    return false;
  }
  journal.print(
    seen === 0
      ? `  the API says 0% (${elapsed()})`
      : "  the API did not tell its share: the database has it, and the webhooks ask the database",
  );
  const rest = REMEMBERED_MS - (performance.now() - setAt);
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  journal.print(`  no webhook remembers the old share any more (${elapsed()})`);
  journal.print("Everybody is with V1");
  return true;
}

/** Whether anybody would take those who are sent away. When in doubt, yes. */
async function hasV1(sql: Sql): Promise<boolean> {
  const [found] = await sql<{ v1: boolean }[]>`
    select to_regclass('public.rides_trips') is not null as v1`;
  return (found?.v1 ?? true) && !await isOver(sql);
}

async function isOver(sql: Sql): Promise<boolean> {
  const state = new DeployState(sql);
  return await state.exists() && await state.wasEverDone({ phase: "cleanup", step: "forget-v1" });
}

async function recordStart(sql: Sql, by: string): Promise<string | undefined> {
  const state = new DeployState(sql);
  if (!await state.exists()) return undefined;
  return await state.start(await state.latest(), { phase: "rollback", step: "by-hand", by });
}

async function recordEnd(sql: Sql, record: string | undefined): Promise<void> {
  if (record === undefined) return;
  await new DeployState(sql).finish(record, { status: "done", detail: "0%" });
  await sql`
    update mobility_deploy.soaks set outcome = 'rolled_back', finished_at = now()
    where outcome = 'running'`;
}

async function askApi({ apiUrl, secretKey }: Settings): Promise<number | undefined> {
  if (apiUrl === undefined || secretKey === undefined) return undefined;
  try {
    const response = await fetch(`${apiUrl}/rest/v1/rpc/get_rollout`, {
      method: "POST",
      headers: { apikey: secretKey, "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const answer = rollout.safeParse(await response.json());
    return answer.success ? answer.data.percent : undefined;
  } catch {
    return undefined;
  }
}

/** Without a V1 there is nobody to send people to: what helps then is the version before. */
async function explainWithoutV1(sql: Sql, journal: Journal): Promise<void> {
  const before = await new DeployState(sql).exists() ? await versionBefore(sql) : undefined;
  journal.print(
    `${
      await isOver(sql) ? "V1 is over" : "There is no V1"
    }: this system goes on serving everybody. ` +
      `To go back to ${
        before === undefined
          ? "an older version: git checkout <commit>, then"
          : `the version before: git checkout ${before}, then`
      } deno task deploy services`,
  );
}

async function versionBefore(sql: Sql): Promise<string | undefined> {
  const [row] = await sql`
    select d.revision from mobility_deploy.deployments d
    where d.revision <> (select revision from mobility_deploy.deployments order by id desc limit 1)
      and exists (
        select from mobility_deploy.steps s
        where s.deployment_id = d.id and s.phase = 'services' and s.step = 'smoke-tests' and s.status = 'done'
      )
    order by d.id desc limit 1`;
  if (row === undefined) return undefined;
  // Without the hash of what was not committed.
  return z.object({ revision: z.string() }).parse(row).revision.split("+")[0];
}
