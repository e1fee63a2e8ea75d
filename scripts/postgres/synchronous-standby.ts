import type { Sql } from "postgres";
import {
  startTemporaryPostgres,
  type TemporaryPostgres,
  type TemporaryPostgresOptions,
} from "./temporary-postgres.ts";

const POLL_MS = 50;
const LONGEST_WAIT_MS = 30_000;

/**
 * Starts a standby that every commit of the primary waits for from now on, so that none is lost when the standby is
 * promoted. `sql` leads to the primary, as its superuser. @throws {Error} when it does not follow within 30 s
 */
export async function startSynchronousStandby(
  sql: Sql,
  options: TemporaryPostgresOptions & { readonly standbyOf: string },
): Promise<TemporaryPostgres> {
  await using starting = new AsyncDisposableStack();
  const standby = starting.use(await startTemporaryPostgres(options));
  // Not in the standby's own settings: it was copied before.
  await sql`alter system set synchronous_standby_names = '*'`;
  await sql`select pg_reload_conf()`;
  const deadline = Date.now() + LONGEST_WAIT_MS;
  while (!await isFollowed(sql)) {
    if (Date.now() > deadline) throw new Error(`No standby follows ${options.standbyOf}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  starting.move();
  return standby;
}

async function isFollowed(sql: Sql): Promise<boolean> {
  const rows = await sql`
    select from pg_stat_replication where sync_state = 'sync' and state = 'streaming'`;
  return rows.length > 0;
}
