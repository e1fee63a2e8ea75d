import type { Sql } from "postgres";
import { z } from "zod";
import type { Deployment } from "./deploy-state.ts";
import type { Share } from "./share.ts";

const soakRow = z.object({
  id: z.string(),
  deployment_id: z.string(),
  percent: z.number().int(),
  share_set_at: z.string(),
  started_at: z.date(),
  watched_s: z.number(),
  last_look_at: z.date().nullable(),
  last_look: z.string().nullable(),
  outcome: z.enum(["running", "passed", "breached", "taken_over", "rolled_back"]),
  reason: z.string().nullable(),
  finished_at: z.date().nullable(),
});

/** One share of the people under watch, as it is remembered. */
export type Soak = z.infer<typeof soakRow>;

const COLUMNS =
  `id, deployment_id, percent, share_set_at::text as share_set_at, started_at, watched_s,
  last_look_at, last_look, outcome, reason, finished_at`;

/** Goes on with the soak of this share in this deployment, or begins one. */
export async function openSoak(
  sql: Sql,
  { deployment, share }: { readonly deployment: Deployment; readonly share: Share },
): Promise<Soak> {
  const [running] = await sql`
    select ${sql.unsafe(COLUMNS)} from mobility_deploy.soaks
    where deployment_id = ${deployment.id} and percent = ${share.percent}
      and share_set_at = ${share.set_at}::text::timestamptz and outcome = 'running'
    order by id desc limit 1`;
  if (running !== undefined) return soakRow.parse(running);
  const [row] = await sql`
    insert into mobility_deploy.soaks (deployment_id, percent, share_set_at)
    values (${deployment.id}, ${share.percent}, ${share.set_at}::text::timestamptz)
    returning ${sql.unsafe(COLUMNS)}`;
  return soakRow.parse(row);
}

/** Remembers a look: how much time has been watched by now, and what was seen. */
export async function recordLook(
  sql: Sql,
  soak: Soak,
  { watchedS, seen }: { readonly watchedS: number; readonly seen: string },
): Promise<void> {
  await sql`
    update mobility_deploy.soaks
    set watched_s = ${watchedS}, last_look = ${seen}, last_look_at = now() where id = ${soak.id}`;
}

/** Remembers how a soak ended, unless a rollback has ended it already. */
export async function endSoak(
  sql: Sql,
  soak: Soak,
  { outcome, reason }: { readonly outcome: Soak["outcome"]; readonly reason?: string },
): Promise<void> {
  await sql`
    update mobility_deploy.soaks
    set outcome = ${outcome}, reason = ${reason ?? null}, finished_at = now()
    where id = ${soak.id} and outcome = 'running'`;
}

/** The last soak of a deployment at this percentage, however it ended. */
export async function lastSoak(
  sql: Sql,
  { deployment, percent }: { readonly deployment: Deployment; readonly percent: number },
): Promise<Soak | undefined> {
  const [row] = await sql`
    select ${sql.unsafe(COLUMNS)} from mobility_deploy.soaks
    where deployment_id = ${deployment.id} and percent = ${percent} order by id desc limit 1`;
  return row === undefined ? undefined : soakRow.parse(row);
}

/** The soak that began last, in any deployment. */
export async function latestSoak(sql: Sql): Promise<Soak | undefined> {
  const [row] = await sql`
    select ${sql.unsafe(COLUMNS)} from mobility_deploy.soaks order by id desc limit 1`;
  return row === undefined ? undefined : soakRow.parse(row);
}
