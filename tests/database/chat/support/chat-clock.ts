import type { Connection } from "../../support/rides.ts";
import { letTimePass } from "../../support/trip-state.ts";

/** Every time of the chat's tables. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  conversations: ["last_inbound_at", "left_at", "lease_until"],
  inbox: ["sent_at", "received_at", "not_before", "done_at"],
  outbox: [
    "not_before",
    "valid_until",
    "lease_until",
    "created_at",
    "sent_at",
    "delivered_at",
    "read_at",
  ],
  sending_rate: ["next_slot_at"],
  sending_pairs: ["next_slot_at"],
  deliveries: ["not_before", "lease_until", "created_at", "sent_at"],
  dispatches: ["created_at", "ended_at", "assign_after"],
  offers: ["created_at", "expires_at", "answered_at"],
  trip_links: ["created_at", "expires_at", "revoked_at"],
  sos_alerts: ["created_at", "acknowledged_at"],
  watches: ["created_at", "looked_at"],
  reminders: ["at"],
};

/** Lets time pass for everything in the database, the chat's tables among it. */
export async function letChatTimePass(sql: Connection, seconds: number): Promise<void> {
  await letTimePass(sql, seconds);
  await sql.unsafe(
    Object.entries(TIMES).map(([table, times]) =>
      `update mobility.${table} set ${
        times.map((time) => `${time} = ${time} - interval '${seconds} seconds'`).join(", ")
      }`
    ).join(";"),
  );
}

/** Lets trips expire, for the sweep to find. */
export async function runOut(sql: Connection, trips: readonly string[]): Promise<void> {
  await sql`
    with t as (
      update mobility.trips set expires_at = now(), created_at = now() - interval '1 hour'
      where id = any (${[...trips]}::uuid[]) returning id
    )
    update mobility.live_positions l set expires_at = now() from t where l.trip_id = t.id`;
}
