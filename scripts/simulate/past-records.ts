import type { Sql } from "postgres";
import type { Driver } from "./driver.ts";

/** What one past answer took, for the record's total. */
const ANSWERED_IN_MS = 9000;

/**
 * Writes what drivers did before the simulation into their records, as rankings read them; and keeps a copy,
 * from which the records at the end are worked out anew.
 */
export async function addRecords(sql: Sql, drivers: readonly Driver[]): Promise<void> {
  const rows = drivers.map(({ plan, past }) => ({
    user_id: plan.userId,
    response_ms_total: (past.offers_accepted + past.offers_declined) * ANSWERED_IN_MS,
    ...past,
  }));
  await sql.begin(async (transaction) => {
    await transaction`
      insert into mobility.profiles (user_id)
      select (r ->> 'user_id')::uuid from jsonb_array_elements(${sql.json(rows)}) r`;
    await transaction`
      insert into mobility.user_metrics (user_id, role, offers_accepted, offers_declined, offers_expired,
        response_ms_total, rides_completed, rides_cancelled, rating_total, rating_count)
      select r.user_id, 'driver', r.offers_accepted, r.offers_declined, r.offers_expired, r.response_ms_total,
        r.rides_completed, r.rides_cancelled, r.rating_total, r.rating_count
      from jsonb_populate_recordset(null::mobility.user_metrics, ${sql.json(rows)}) r`;
    await transaction`create table simulation.records_before as select * from mobility.user_metrics`;
  });
  await sql`analyze mobility.profiles, mobility.user_metrics`;
}
