import type { Sql } from "postgres";
import { describeDuration } from "../duration.ts";
import type { Journal } from "../journal.ts";
import type { Settings } from "../settings.ts";
import { readSituation, type Situation } from "../situation.ts";
import { DeployState } from "../state/deploy-state.ts";
import { readHolder } from "../state/lock.ts";
import { latestSoak, type Soak } from "../state/soaks.ts";

const RECENT = 12;
const RECENT_DEPLOYMENTS = 5;
const DEADLINE_MS = 10_000;

/** Shows where a deployment stands; changes nothing. */
export async function showStatus(
  sql: Sql,
  { settings, journal, migrations, functions }: {
    readonly settings: Settings;
    readonly journal: Journal;
    readonly migrations: URL;
    readonly functions: readonly string[];
  },
): Promise<void> {
  const situation = await readSituation(sql, migrations);
  const state = new DeployState(sql);
  const hasState = await state.exists();
  const latest = hasState ? await state.latest() : undefined;
  const rows: [string, string][] = [
    [
      "deployed",
      latest === undefined
        ? "nothing by this tool yet"
        : `${latest.revision.slice(0, 12)}, begun ${
          moment(latest.started_at)
        } by ${latest.started_by}`,
    ],
    ["deploying now", await describeHolder(sql)],
    ["migrations", describeMigrations(situation)],
    ["V1", { absent: "none", present: "is there", over: "is over" }[situation.v1]],
    ["share", describeShare(situation)],
    ["soak", describeSoak(hasState ? await latestSoak(sql) : undefined)],
    ...await healthRows(settings, functions),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) journal.print(`${name.padEnd(width)}  ${text}`);
  if (hasState) await showSteps(state, journal);
}

async function showSteps(state: DeployState, journal: Journal): Promise<void> {
  journal.print("");
  journal.print("last deployments");
  for (const each of await state.recentDeployments(RECENT_DEPLOYMENTS)) {
    journal.print(
      `  ${moment(each.started_at)}  ${each.revision.slice(0, 12)}  ${each.started_by}: ${
        each.last_step ?? "nothing done"
      }`,
    );
  }
  journal.print("");
  journal.print("last steps");
  for (const each of await state.recentSteps(RECENT)) {
    const name = `${each.phase} ${each.step}`.padEnd(24);
    const detail = each.detail === null ? "" : `: ${each.detail.split("\n")[0]?.slice(0, 100)}`;
    journal.print(
      `  ${moment(each.started_at)}  ${each.status.padEnd(11)}  ${name}  ${each.by}${detail}`,
    );
  }
}

async function describeHolder(sql: Sql): Promise<string> {
  const holder = await readHolder(sql);
  return holder === undefined
    ? "nobody"
    : `${holder.by}, phase ${holder.phase}, since ${moment(holder.since)}`;
}

function describeMigrations({ pending, unknown }: Situation): string {
  const parts = [
    pending.length === 0 ? "none pending" : `${pending.length} pending, from ${pending[0]}`,
    ...(unknown.length === 0 ? [] : [`${unknown.length} applied that this working tree lacks`]),
  ];
  return parts.join("; ");
}

function describeShare({ share, v1 }: Situation): string {
  if (share === undefined) return "none yet";
  if (v1 !== "present") return "everybody";
  return `${share.percent}%, set ${share.set_at} by ${share.set_by ?? "nobody"}`;
}

function describeSoak(soak: Soak | undefined): string {
  if (soak === undefined) return "none yet";
  const seen = soak.last_look === null || soak.last_look_at === null
    ? ""
    : `; last look ${moment(soak.last_look_at)}: ${soak.last_look}`;
  const reason = soak.reason === null ? "" : `; ${soak.reason}`;
  return `${soak.percent}% ${soak.outcome.replace("_", " ")}, ${
    describeDuration(soak.watched_s)
  } watched${reason}${seen}`;
}

async function healthRows(
  { apiUrl }: Settings,
  functions: readonly string[],
): Promise<[string, string][]> {
  if (apiUrl === undefined) return [["health", "not asked: --api-url or --project-ref says where"]];
  return await Promise.all(functions.map(async (name): Promise<[string, string]> => {
    const startedAt = performance.now();
    try {
      const response = await fetch(`${apiUrl}/functions/v1/${name}/health`, {
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      await response.body?.cancel();
      const took = Math.round(performance.now() - startedAt);
      return [
        name,
        `${response.status === 200 ? "well" : `status ${response.status}`} (${took} ms)`,
      ];
    } catch (error) {
      return [name, `no answer (${error instanceof Error ? error.message : String(error)})`];
    }
  }));
}

function moment(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
