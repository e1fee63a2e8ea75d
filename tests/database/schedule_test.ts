import assert from "node:assert/strict";
import postgres from "postgres";
import { migrate } from "../../scripts/postgres/migrate.ts";
import { findPostgresBinaries } from "../../scripts/postgres/postgres-binaries.ts";
import { startTemporaryPostgres } from "../../scripts/postgres/temporary-postgres.ts";
import { JOBS } from "../../scripts/stack/jobs.ts";

/** Whether a server with pg_cron can be started here: the tests' own may be one that cannot. */
const hasCron = await findPostgresBinaries().then((found) => found.hasCron, () => false);

Deno.test({
  name: "migrations schedule with pg_cron what the embedded stack runs by the clock",
  ignore: !hasCron,
  fn: async () => {
    await using server = await startTemporaryPostgres();
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    try {
      await migrate(sql);
      const rows = await sql<{ command: string }[]>`select command from cron.job order by command`;
      const calls = JOBS.map((job) => "rpc" in job ? `public.${job.rpc}` : "mobility.wake_worker");
      assert.deepEqual(
        rows.map(({ command }) => command),
        calls.sort().map((name) => `select ${name}()`),
      );
      // Each runs as it is scheduled.
      for (const { command } of rows) await sql.unsafe(command);
    } finally {
      await sql.end({ timeout: 5 });
    }
  },
});
