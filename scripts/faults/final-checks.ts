import type { Sql } from "postgres";
import { z } from "zod";
import { findBreaches } from "../invariants/breaches.ts";
import { ENDED } from "../invariants/ended.ts";
import type { Rule } from "../invariants/rule.ts";
import type { Acknowledged, Ledger, TakenMessage } from "./ledger.ts";

/** What is held against the database when everything is mended and everybody is home. */
export interface FinalChecksOptions {
  readonly sql: Sql;
  readonly ledger: Ledger;
  /** The outbox ids of the messages that the Graph API has taken. */
  readonly sent: readonly string[];
  readonly onViolation: (rule: string, what: string) => void;
}

const ids = z.looseObject({
  trip: z.looseObject({ id: z.guid() }).optional(),
  match: z.looseObject({ id: z.guid(), status: z.string() }).nullish(),
});
const keys = z.array(z.object({ key: z.string(), response: z.string().nullable() }));
const found = z.array(z.object({ what: z.string() }));

/** What is done once: searches change nothing, and of positions the next one replaces the last. */
const KEPT = /^\/orchestrator\/(?:trips|dispatch|accept-match|offers|matches)/;

/** What must hold at the end. */
const AT_THE_END: readonly Rule[] = [
  ...ENDED,
  {
    name: "every message is answered, every reply sent, or it is told why not",
    sql: `
      select 'inbox ' || id || ' attempts ' || attempts from mobility.inbox where done_at is null
      union all
      select 'outbox ' || id || ' ' || kind || ' attempts ' || attempts || ' ' || coalesce(error_detail, '')
      from mobility.outbox where status = 'queued'
      union all
      select 'outbox ' || id || ' ' || kind || ' is dead without a reason'
      from mobility.outbox where status = 'dead' and error_code is null and error_detail is null
      union all
      select 'delivery ' || id from mobility.deliveries where status = 'queued'
        or status = 'dead' and error_detail is null`,
  },
  {
    name: "every sweep has come to its end since everything was mended",
    sql: `
      select job || ' last at ' || last_success_at from mobility.job_runs
      where job in ('sweep', 'sweep_dispatch', 'sweep_chat', 'work') and last_success_at < now() - interval '1 minute'`,
  },
  {
    name: "the hourly totals are what happened",
    sql: `
      select format('%s %s: kept %s, counted %s', coalesce(t.metric, c.metric), coalesce(t.labels, c.labels), t.value, c.value)
      from (
        select 'mobility_rides_total' as metric, jsonb_build_object('vehicle_type', t.vehicle_type, 'outcome', m.status) as labels,
          count(*)::numeric as value
        from mobility.matches m join mobility.trips t on t.id = m.passenger_trip_id
        where not m.live group by t.vehicle_type, m.status
        union all
        select 'mobility_trips_created_total', jsonb_build_object('role', role, 'vehicle_type', vehicle_type), count(*)
        from mobility.trips group by role, vehicle_type
        union all
        select 'mobility_offers_total', jsonb_build_object('outcome', status), count(*)
        from mobility.offers where status <> 'offered' group by status
      ) c
      full join (
        select metric, labels, sum(value)::numeric as value from mobility.hourly_totals
        where metric in ('mobility_rides_total', 'mobility_trips_created_total', 'mobility_offers_total')
        group by metric, labels having sum(value) > 0
      ) t using (metric, labels)
      where t.value is distinct from c.value`,
  },
];

/** Compares what everybody was told with what is there. Gives how much was compared, for the report. */
export async function checkAtTheEnd(options: FinalChecksOptions): Promise<Record<string, number>> {
  const { sql, ledger, sent, onViolation } = options;
  await sql`select public.roll_up()`;
  for (const { rule, what } of await findBreaches(sql, AT_THE_END)) onViolation(rule, what);
  const kept = await checkAcknowledged(options);
  const absent = await checkRefused(options);
  await checkMessages(options);
  const twice = new Set(sent.filter((id, index) => sent.indexOf(id) !== index));
  for (const id of twice) {
    onViolation("no reply that the Graph API has taken is doubled", `outbox ${id}`);
  }
  return {
    "acknowledged requests found": kept,
    "refused requests that left nothing": absent,
    "chat messages answered": ledger.messages.length,
    "replies taken by the Graph API": sent.length,
  };
}

/** Of every request with a key that was acknowledged, the key is there with the same answer, and what it made. */
async function checkAcknowledged(
  { sql, ledger, onViolation }: FinalChecksOptions,
): Promise<number> {
  const kept = await answersOf(sql, ledger.acknowledged.map(({ key }) => key));
  const made = await sql`
    select id::text as what from mobility.trips union all select id::text from mobility.matches
    union all select match_id || ' ' || to_status from mobility.match_events`;
  const there = new Set(found.parse([...made]).map(({ what }) => what));
  let compared = 0;
  for (const told of ledger.acknowledged) {
    if (!KEPT.test(told.path)) continue;
    compared++;
    const response = kept.get(told.key);
    const missing = claimsOf(told).filter((claim) => !there.has(claim));
    if (response === undefined || response === null) missing.push(`key ${told.key}`);
    if (missing.length > 0) {
      onViolation(
        "every acknowledged request is there",
        `${told.step} at ${Math.round(told.atMs)} ms: ${missing.join(", ")}`,
      );
    }
  }
  return compared;
}

/** What an answer says that there is. */
export function claimsOf({ json }: Pick<Acknowledged, "json">): string[] {
  const parsed = ids.safeParse(json);
  if (!parsed.success) return [];
  const { trip, match } = parsed.data;
  return [
    ...(trip === undefined ? [] : [trip.id]),
    ...(match === undefined || match === null ? [] : [match.id, `${match.id} ${match.status}`]),
  ];
}

/** Of a request that was refused, nothing is there, not even its key. */
async function checkRefused({ sql, ledger, onViolation }: FinalChecksOptions): Promise<number> {
  // A wrong PIN is counted, and so is its key.
  const refused = ledger.refused.filter(({ code }) => !code.startsWith("PIN_"));
  const kept = await answersOf(sql, refused.map(({ key }) => key));
  for (const { step, code, key } of refused) {
    if (kept.has(key)) {
      onViolation("nothing that was refused is there", `${step}, ${code}: key ${key}`);
    }
  }
  return refused.length;
}

async function answersOf(
  sql: Sql,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const rows = await sql`
    select key, response::text as response from mobility.idempotency_keys where key = any (${[
    ...wanted,
  ]})`;
  return new Map(keys.parse([...rows]).map(({ key, response }) => [key, response]));
}

/** Every message that the webhook took was answered: something was said, or begun, by the same transaction. */
async function checkMessages({ sql, ledger, onViolation }: FinalChecksOptions): Promise<void> {
  const rows = await sql`
    select i.message_id, i.done_at is not null as is_done, i.error_code,
      exists (select from mobility.outbox o where o.user_id = i.user_id and o.created_at = i.done_at)
      or exists (select from mobility.inbox t where t.user_id = i.user_id and t.received_at = i.done_at) as is_answered
    from mobility.inbox i where i.message_id = any (${ledger.messages.map((m) => m.messageId)})`;
  const answers = new Map(inboxRows.parse([...rows]).map((row) => [row.message_id, row]));
  for (const message of ledger.messages) {
    const problem = problemOf(message, answers.get(message.messageId));
    if (problem !== undefined) {
      onViolation(
        "no acknowledged chat message is without its answer",
        `${describeMessage(message)}: ${problem}`,
      );
    }
  }
}

const inboxRows = z.array(z.object({
  message_id: z.string(),
  is_done: z.boolean(),
  error_code: z.string().nullable(),
  is_answered: z.boolean(),
}));

function problemOf(
  { content }: TakenMessage,
  row: z.infer<typeof inboxRows>[number] | undefined,
): string | undefined {
  if (row === undefined) return "it is lost";
  if (!row.is_done) return "nobody has answered it";
  if (row.error_code !== null) return `it was given up: ${row.error_code}`;
  // During a ride a pin moves the driver, and nobody says anything.
  return row.is_answered || content === "location" ? undefined : "nothing was said";
}

function describeMessage({ messageId, person, content, atMs }: TakenMessage): string {
  return `${messageId} of ${person}, ${content}, taken at ${Math.round(atMs)} ms`;
}
