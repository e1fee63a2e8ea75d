import type { Connection } from "./rides.ts";

/**
 * Resolves when so many connections of the database wait for a lock. Ask on a connection outside of any
 * transaction, since one inside sees the same snapshot of the statistics for ever.
 * @throws {Error} after ten seconds
 */
export async function untilWaiting(sql: Connection, count: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const rows = await sql`
      select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    if (rows.length >= count) return;
  }
  throw new Error(`Fewer than ${count} connections came to wait for a lock within 10 s`);
}
