import type { Sql } from "postgres";
import { listMigrations } from "../postgres/migrate.ts";
import { DeployState } from "./state/deploy-state.ts";
import { readShare, type Share } from "./state/share.ts";

/** What a database has before a deployment. */
export interface Situation {
  /** "over" after the cleanup: its tables may be there, nothing goes to it any more. */
  readonly v1: "absent" | "present" | "over";
  readonly share: Share | undefined;
  /** Versions of migrations that the database has not had. */
  readonly pending: readonly string[];
  /** Versions that it has had and this working tree does not know. */
  readonly unknown: readonly string[];
  readonly hasVault: boolean;
  /** Whether there is anything in it that a backup would save. */
  readonly hasData: boolean;
}

/** Looks, and changes nothing. */
export async function readSituation(sql: Sql, migrations: URL): Promise<Situation> {
  const [found] = await sql<{ history: boolean; v1: boolean; vault: boolean; schema: boolean }[]>`
    select to_regclass('supabase_migrations.schema_migrations') is not null as history,
      to_regclass('public.rides_trips') is not null as v1,
      to_regclass('vault.decrypted_secrets') is not null as vault,
      to_regnamespace('mobility') is not null as schema`;
  const recorded = found?.history
    ? await sql<{ version: string }[]>`select version from supabase_migrations.schema_migrations`
    : [];
  const applied = new Set(recorded.map(({ version }) => version));
  const files = new Set((await listMigrations(migrations)).map(({ version }) => version));
  const state = new DeployState(sql);
  const isOver = found?.v1 && await state.exists() &&
    await state.wasEverDone({ phase: "cleanup", step: "forget-v1" });
  return {
    v1: !found?.v1 ? "absent" : isOver ? "over" : "present",
    share: await readShare(sql),
    pending: [...files].filter((version) => !applied.has(version)),
    unknown: [...applied].filter((version) => !files.has(version)),
    hasVault: found?.vault ?? false,
    hasData: (found?.schema ?? false) || (found?.v1 ?? false),
  };
}
