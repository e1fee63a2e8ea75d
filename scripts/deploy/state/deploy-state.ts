import { createHash } from "node:crypto";
import type { Sql } from "postgres";
import { z } from "zod";
import { STATE_SCHEMA } from "./state-schema.ts";

const deploymentRow = z.object({
  id: z.string(),
  revision: z.string(),
  project_ref: z.string().nullable(),
  started_at: z.date(),
  started_by: z.string(),
  salt: z.string(),
});

const stepRow = z.object({
  id: z.string(),
  deployment_id: z.string().nullable(),
  phase: z.string(),
  step: z.string(),
  status: z.enum(["started", "done", "failed", "interrupted"]),
  input: z.string().nullable(),
  started_at: z.date(),
  finished_at: z.date().nullable(),
  by: z.string(),
  detail: z.string().nullable(),
});

/** One revision on its way into one database. */
export type Deployment = z.infer<typeof deploymentRow>;
/** One attempt at one step. */
export type StepRecord = z.infer<typeof stepRow>;

/** A step of a phase, by name. */
export interface StepName {
  readonly phase: string;
  readonly step: string;
}

/** What is remembered of deployments, in the database they go to. */
export class DeployState {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** Makes the schema that the rest needs; harmless where it is there. */
  async prepare(): Promise<void> {
    await this.#sql.unsafe(STATE_SCHEMA).simple();
  }

  /** Whether anything was ever remembered here. */
  async exists(): Promise<boolean> {
    const [row] = await this.#sql<{ there: boolean }[]>`
      select count(to_regclass('mobility_deploy.' || name)) = 4 as there
      from unnest(array['deployments', 'steps', 'soaks', 'holder']) as name`;
    return row?.there ?? false;
  }

  /** The deployment that was begun last. */
  async latest(): Promise<Deployment | undefined> {
    const [row] = await this.#sql`
      select * from mobility_deploy.deployments order by id desc limit 1`;
    return row === undefined ? undefined : deploymentRow.parse(row);
  }

  /**
   * Goes on with the latest deployment when it is of the same revision, else begins one. An older one of
   * that revision is no longer what the database has.
   */
  async begin(
    { revision, projectRef, by }: {
      readonly revision: string;
      readonly projectRef: string | undefined;
      readonly by: string;
    },
  ): Promise<{ deployment: Deployment; isResumed: boolean }> {
    const latest = await this.latest();
    if (latest?.revision === revision && latest.project_ref === (projectRef ?? null)) {
      return { deployment: latest, isResumed: true };
    }
    const [row] = await this.#sql`
      insert into mobility_deploy.deployments (revision, project_ref, started_by)
      values (${revision}, ${projectRef ?? null}, ${by}) returning *`;
    return { deployment: deploymentRow.parse(row), isResumed: false };
  }

  /** The last attempt at a step in a deployment. */
  async lastAttempt(
    deployment: Deployment,
    { phase, step }: StepName,
  ): Promise<StepRecord | undefined> {
    const [row] = await this.#sql`
      select * from mobility_deploy.steps
      where deployment_id = ${deployment.id} and phase = ${phase} and step = ${step}
      order by id desc limit 1`;
    return row === undefined ? undefined : stepRow.parse(row);
  }

  /** Whether a step has been done in any deployment. */
  async wasEverDone({ phase, step }: StepName): Promise<boolean> {
    const [row] = await this.#sql<{ done: boolean }[]>`
      select exists (
        select from mobility_deploy.steps where phase = ${phase} and step = ${step} and status = 'done'
      ) as done`;
    return row?.done ?? false;
  }

  /** Records that a step begins; one that was begun before and never ended was interrupted. */
  async start(
    deployment: Deployment | undefined,
    { phase, step, by, input }: StepName & { readonly by: string; readonly input?: string },
  ): Promise<string> {
    await this.#sql`
      update mobility_deploy.steps set status = 'interrupted', finished_at = now()
      where deployment_id is not distinct from ${deployment?.id ?? null} and phase = ${phase}
        and step = ${step} and status = 'started'`;
    const [row] = await this.#sql`
      insert into mobility_deploy.steps (deployment_id, phase, step, by, input)
      values (${deployment?.id ?? null}, ${phase}, ${step}, ${by}, ${input ?? null}) returning id`;
    return z.object({ id: z.string() }).parse(row).id;
  }

  /** Records how a step ended. */
  async finish(
    id: string,
    { status, detail }: { readonly status: "done" | "failed"; readonly detail?: string },
  ): Promise<void> {
    await this.#sql`
      update mobility_deploy.steps set status = ${status}, detail = ${
      detail ?? null
    }, finished_at = now()
      where id = ${id}`;
  }

  /** The last attempts, newest first. */
  async recentSteps(limit: number): Promise<StepRecord[]> {
    return z.array(stepRow).parse(
      await this.#sql`
        select * from mobility_deploy.steps order by id desc limit ${limit}`,
    );
  }

  /** The last deployments, newest first, with the last thing that was done in each. */
  async recentDeployments(limit: number): Promise<(Deployment & { last_step: string | null })[]> {
    const rows = await this.#sql`
      select d.*, (
        select s.phase || ' ' || s.step || ' ' || s.status from mobility_deploy.steps s
        where s.deployment_id = d.id order by s.id desc limit 1
      ) as last_step
      from mobility_deploy.deployments d order by d.id desc limit ${limit}`;
    return z.array(deploymentRow.extend({ last_step: z.string().nullable() })).parse(rows);
  }

  /** The number of the last rollback, by hand or by a soak; "0" before the first. */
  async lastRollback(): Promise<{ id: string; by: string; at: Date | null }> {
    const [row] = await this.#sql`
      select id, by, started_at from mobility_deploy.steps
      where phase = 'rollback' and status <> 'failed' order by id desc limit 1`;
    if (row === undefined) return { id: "0", by: "", at: null };
    const parsed = z.object({ id: z.string(), by: z.string(), started_at: z.date() }).parse(row);
    return { id: parsed.id, by: parsed.by, at: parsed.started_at };
  }
}

/** Tells one input of a step from another without telling the input. */
export function inputHash(deployment: Deployment, input: string): string {
  return createHash("sha256").update(deployment.salt).update(input).digest("hex").slice(0, 16);
}
