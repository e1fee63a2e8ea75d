import assert from "node:assert/strict";
import { JOBS } from "../../../scripts/stack/jobs.ts";
import { createDatabase, databaseTest, hasDatabase } from "../../support/database.ts";
import type { Connection } from "../support/rides.ts";

interface Run {
  readonly runs: number;
  readonly last_duration_ms: number;
  /** Since the last success, in seconds. */
  readonly age_s: number;
}

async function runOf(sql: Connection, job: string): Promise<Run> {
  const [row] = await sql<Run[]>`
    select runs::int, last_duration_ms,
      extract(epoch from clock_timestamp() - last_success_at)::float8 as age_s
    from mobility.job_runs where job = ${job}`;
  if (row === undefined) throw new Error(`Cannot read the runs of ${job}: it never ran`);
  return row;
}

async function letAnHourPass(sql: Connection): Promise<void> {
  await sql`update mobility.job_runs set last_success_at = last_success_at - interval '1 hour'`;
}

databaseTest("record_run() is the last act of every scheduled function", async ({ sql }) => {
  for (const job of JOBS) {
    if (!("rpc" in job)) continue;
    await letAnHourPass(sql);
    const [before] = await sql<{ runs: number }[]>`
      select runs::int from mobility.job_runs where job = ${job.name}`;
    await sql.unsafe(`select public.${job.rpc}()`);
    const { runs, age_s, last_duration_ms } = await runOf(sql, job.name);
    assert.equal(runs, (before?.runs ?? 0) + 1, job.name);
    assert.ok(age_s < 5 && last_duration_ms < 60_000, `${job.name}: ${age_s} s ago`);
  }
  await sql`select public.record_work(1234)`;
  const work = await runOf(sql, "work");
  assert.ok(work.runs === 1 && work.age_s < 5);
  assert.ok(Math.abs(work.last_duration_ms - 1234) < 100, `${work.last_duration_ms} ms`);
});

databaseTest(
  "job_runs misses every job that runs by the clock, even one that never ran",
  async () => {
    await using database = await createDatabase();
    const rows = await database.sql<{ job: string }[]>`select job from mobility.job_runs`;
    const known = new Set(rows.map(({ job }) => job));
    assert.deepEqual(JOBS.map(({ name }) => name).filter((name) => !known.has(name)), []);
  },
);

databaseTest("record_run() is undone with a run that fails", async ({ sql }) => {
  await letAnHourPass(sql);
  const before = await runOf(sql, "sweep");
  await assert.rejects(sql.begin(async (transaction) => {
    await transaction`select public.sweep()`;
    await transaction`select 1 / 0`;
  }));
  const after = await runOf(sql, "sweep");
  assert.equal(after.runs, before.runs);
  assert.ok(after.age_s >= 3600);
});

Deno.test({
  name: "record_run() waits for no other run",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    const slow = await sql.reserve();
    try {
      await slow`begin`;
      await slow`select public.sweep()`;
      await sql.begin(async (other) => {
        await other`set local lock_timeout = '2s'`;
        await other`select public.sweep()`;
      });
      await slow`commit`;
    } finally {
      slow.release();
    }
    assert.equal((await runOf(sql, "sweep")).runs, 1);
  },
});
