import type { Check, Finding } from "../checks/check.ts";
import { databaseChecks } from "../checks/database-checks.ts";
import { localChecks } from "../checks/local-checks.ts";
import { remoteChecks } from "../checks/remote-checks.ts";
import type { GitState } from "../git-state.ts";
import type { Journal } from "../journal.ts";
import type { Options } from "../options.ts";
import { requireSettings, type Settings } from "../settings.ts";

/** What the checks look at. */
export interface PreCheckSubject {
  readonly settings: Settings;
  readonly options: Options;
  readonly git: GitState;
  readonly migrations: URL;
}

/** Every check, and what to close when they are done. @throws {Error} when a setting is missing */
export function preChecks(
  { settings, options, git, migrations }: PreCheckSubject,
): { checks: Check[]; close(): Promise<void> } {
  const required = requireSettings(settings, [
    "projectRef",
    "databaseUrl",
    "apiUrl",
    "secretKey",
    "accessToken",
  ]);
  const database = databaseChecks(required.databaseUrl, {
    migrations,
    backups: settings.backups,
    forwardsToV1: settings.functionVariables["MOBILITY_V1_WEBHOOK_URL"] !== undefined,
  });
  return {
    checks: [
      ...localChecks(settings, { git, allowDirty: options.allowDirty }),
      ...database.checks,
      ...remoteChecks(settings, required),
    ],
    close: database.close,
  };
}

/** Runs the checks and shows each; true when none failed. */
export async function runChecks(journal: Journal, checks: readonly Check[]): Promise<boolean> {
  const counts = { ok: 0, warning: 0, failed: 0 };
  for (const check of checks) {
    const finding = await look(check);
    counts[finding.status]++;
    const detail = journal.masked(finding.detail);
    journal.log("check", { check: check.id, status: finding.status, detail });
    journal.print(`  ${finding.status.padEnd(7)}  ${check.title}: ${detail}`);
    if (finding.todo !== undefined) journal.print(`           ${finding.todo}`);
  }
  journal.print(`  ${counts.ok} ok, ${counts.warning} to know of, ${counts.failed} failed`);
  return counts.failed === 0;
}

/** A check that cannot look has failed. */
async function look(check: Check): Promise<Finding> {
  try {
    return await check.look();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: "failed", detail: message || String(error), todo: adviceOf(check) };
  }
}

function adviceOf({ id }: Check): string {
  return id === "database"
    ? "Check DATABASE_URL: host, port 5432, password; hosted, the direct connection is IPv6 only"
    : "Mend this, then run pre-check again";
}
