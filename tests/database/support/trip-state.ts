import type { Connection } from "./rides.ts";

/** A trip as the tables have it; `available` is undefined when it has no live position. */
export interface TripState {
  readonly status: string;
  readonly available: boolean | undefined;
  readonly cancel_reason: string | null;
  /** Until it expires, in seconds from now. */
  readonly expires_in_s: number;
}

/** Reads a trip and its live position. */
export async function tripState(sql: Connection, id: string): Promise<TripState> {
  const [row] = await sql<
    {
      status: string;
      available: boolean | null;
      cancel_reason: string | null;
      expires_in_s: number;
    }[]
  >`
    select t.status, l.available, t.cancel_reason,
      extract(epoch from t.expires_at - now())::int as expires_in_s
    from mobility.trips t left join mobility.live_positions l on l.trip_id = t.id
    where t.id = ${id}`;
  if (row === undefined) throw new Error(`Cannot read trip ${id}: it does not exist`);
  return { ...row, available: row.available ?? undefined };
}

/**
 * Everything a call can change, as one text: equal before and after means that nothing was changed.
 */
export async function snapshot(sql: Connection): Promise<string> {
  const tables = [
    "profiles",
    "trips",
    "matches",
    "match_pins",
    "match_events",
    "ratings",
    "user_metrics",
    "live_positions",
    "idempotency_keys",
  ];
  const parts: string[] = [];
  for (const table of tables) {
    const rows = await sql<{ row: string }[]>`
      select t::text as row from mobility.${sql(table)} t order by 1`;
    parts.push(`${table}:\n${rows.map(({ row }) => row).join("\n")}`);
  }
  return parts.join("\n");
}

/** Lets time pass for everything in the database, by moving what it holds into the past. */
export async function letTimePass(sql: Connection, seconds: number): Promise<void> {
  const by = `${seconds} seconds`;
  await sql`
    update mobility.trips set created_at = created_at - ${by}::interval,
      updated_at = updated_at - ${by}::interval, expires_at = expires_at - ${by}::interval,
      scheduled_for = scheduled_for - ${by}::interval`;
  await sql`
    update mobility.matches set created_at = created_at - ${by}::interval,
      updated_at = updated_at - ${by}::interval, respond_by = respond_by - ${by}::interval,
      accepted_at = accepted_at - ${by}::interval, arrived_at = arrived_at - ${by}::interval,
      started_at = started_at - ${by}::interval, completed_at = completed_at - ${by}::interval,
      ended_at = ended_at - ${by}::interval`;
  await sql`update mobility.match_events set at = at - ${by}::interval`;
  await sql`update mobility.match_pins set locked_until = locked_until - ${by}::interval`;
  await sql`
    update mobility.live_positions set position_at = position_at - ${by}::interval,
      expires_at = expires_at - ${by}::interval, findable_from = findable_from - ${by}::interval`;
  await sql`update mobility.idempotency_keys set created_at = created_at - ${by}::interval`;
}
