import { z } from "zod";
import {
  acknowledged,
  alerts,
  cancelled,
  city,
  deadLetters,
  freed,
  letterMoved,
  overview,
  rideInFull,
} from "../../../../shared/operator/answers.ts";
import { answeredBy, asJson } from "../../chat/support/rpc.ts";
import type { Connection } from "../../support/rides.ts";

/** A signed-in operator; null is the service. */
export type Acting = string | null;

/** A new operator's id. */
export async function newOperator(sql: Connection, name = "Night desk"): Promise<string> {
  const id = crypto.randomUUID();
  await sql`insert into mobility.operators (user_id, name) values (${id}, ${name})`;
  return id;
}

/** Everything that is going on now. */
export async function overviewOf(
  sql: Connection,
  acting: Acting,
  filter: Readonly<Record<string, string>> = {},
): Promise<z.infer<typeof overview>> {
  return overview.parse(
    await answeredBy(
      sql`select public.operator_overview(${acting}, ${asJson(filter)}::text::jsonb) as answer`,
    ),
  );
}

/** What a map is drawn on. */
export async function cityFor(sql: Connection, acting: Acting): Promise<z.infer<typeof city>> {
  return city.parse(await answeredBy(sql`select public.operator_city(${acting}) as answer`));
}

/** A ride in full. */
export async function rideOf(
  sql: Connection,
  acting: Acting,
  match: string,
): Promise<z.infer<typeof rideInFull>> {
  const answer = await answeredBy(sql`select public.operator_ride(${acting}, ${match}) as answer`);
  return rideInFull.strict().parse(answer);
}

/** What a move is for: a ride, or an open trip. */
export type Target = { readonly match: string } | { readonly trip: string };

const ids = (target: Target): { match: string | null; trip: string | null } => ({
  match: "match" in target ? target.match : null,
  trip: "trip" in target ? target.trip : null,
});

/** Cancels a ride or an open trip. */
export async function cancelBy(
  sql: Connection,
  acting: Acting,
  target: Target,
): Promise<z.infer<typeof cancelled>> {
  const { match, trip } = ids(target);
  return cancelled.parse(
    await answeredBy(
      sql`select public.operator_cancel(${acting}, ${match}, ${trip}, 'They quarrel') as answer`,
    ),
  );
}

/** Frees a passenger for another driver. */
export async function redispatchBy(
  sql: Connection,
  acting: Acting,
  target: Target,
): Promise<z.infer<typeof freed>> {
  const { match, trip } = ids(target);
  return freed.parse(
    await answeredBy(
      sql`select public.operator_redispatch(${acting}, ${match}, ${trip}, 'Flat tyre') as answer`,
    ),
  );
}

/** Calls for help. */
export async function alertsFor(
  sql: Connection,
  acting: Acting,
): Promise<z.infer<typeof alerts>["alerts"]> {
  const answer = await answeredBy(sql`select public.operator_sos(${acting}) as answer`);
  return alerts.parse(answer).alerts;
}

/** Takes up a call for help. */
export async function acknowledgeBy(
  sql: Connection,
  acting: Acting,
  { alert, by }: { readonly alert: string; readonly by?: string },
): Promise<z.infer<typeof acknowledged>["alert"]> {
  const answer = await answeredBy(
    sql`select public.acknowledge_sos(${acting}, ${alert}, ${by ?? null}) as answer`,
  );
  return acknowledged.parse(answer).alert;
}

/** A call for help by one side of a ride, at its pickup. */
export async function callForHelp(
  sql: Connection,
  ride: { readonly id: string; readonly passenger_user_id: string },
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into mobility.sos_alerts (match_id, user_id, side, lat, lng)
    values (${ride.id}, ${ride.passenger_user_id}, 'passenger', -1.95, 30.06) returning id`;
  return row?.id ?? "";
}

/** What the queues gave up. */
export async function lettersFor(
  sql: Connection,
  acting: Acting,
): Promise<z.infer<typeof deadLetters>["letters"]> {
  const answer = await answeredBy(sql`select public.operator_dead_letters(${acting}) as answer`);
  return deadLetters.parse(answer).letters;
}

/** A dead letter by its queue and its id there. */
export interface Letter {
  readonly queue: string;
  readonly id: string;
}

/** Queues a dead letter once more. */
export async function retryBy(sql: Connection, acting: Acting, letter: Letter): Promise<void> {
  letterMoved.parse(
    await answeredBy(
      sql`select public.retry_dead_letter(${acting}, ${letter.queue}, ${letter.id}) as answer`,
    ),
  );
}

/** Lets a dead letter rest. */
export async function dropBy(sql: Connection, acting: Acting, letter: Letter): Promise<void> {
  letterMoved.parse(
    await answeredBy(
      sql`select public.drop_dead_letter(${acting}, ${letter.queue}, ${letter.id}) as answer`,
    ),
  );
}

/** What was written down of operators, the first first. */
export async function actionsOf(
  sql: Connection,
  target: string,
): Promise<{ action: string; operator_name: string; reason: string | null }[]> {
  return [
    ...await sql<{ action: string; operator_name: string; reason: string | null }[]>`
      select action, operator_name, reason from mobility.operator_actions
      where target = ${target} order by id`,
  ];
}

/** Everything an operator's call can change, as one text. */
export async function operatorSnapshot(sql: Connection): Promise<string> {
  const tables = [
    "trips",
    "matches",
    "match_events",
    "user_metrics",
    "live_positions",
    "dispatches",
    "offers",
    "sos_alerts",
    "outbox",
    "deliveries",
    "inbox",
    "operator_actions",
  ];
  const parts: string[] = [];
  for (const table of tables) {
    const rows = await sql<{ row: string }[]>`
      select t::text as row from mobility.${sql(table)} t order by 1`;
    parts.push(`${table}:\n${rows.map(({ row }) => row).join("\n")}`);
  }
  return parts.join("\n");
}
