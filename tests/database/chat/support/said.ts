import assert from "node:assert/strict";
import { isMessageKind, messageKinds } from "../../../../shared/messages/mod.ts";
import type { Connection } from "../../support/rides.ts";

/** A message in the outbox. */
export interface Said {
  readonly id: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: string;
  readonly subject: string | null;
}

/** What is in the outbox for a person, in the order in which they get it. */
export async function saidTo(sql: Connection, userId: string): Promise<Said[]> {
  return await sql<Said[]>`
    select id, kind, params, status, subject from mobility.outbox
    where user_id = ${userId} order by seq`;
}

/** The kinds of it alone. */
export async function kindsTo(sql: Connection, userId: string): Promise<string[]> {
  return (await saidTo(sql, userId)).map(({ kind }) => kind);
}

/** The last thing said to a person. */
export async function lastTo(sql: Connection, userId: string): Promise<Said> {
  const last = (await saidTo(sql, userId)).at(-1);
  assert.ok(last, "nothing was said");
  return last;
}

/** Forgets what was said so far, so that a test looks at what follows. */
export async function forgetSaid(sql: Connection): Promise<void> {
  await checkSaid(sql);
  await sql`delete from mobility.outbox`;
}

/**
 * Fails when something in the outbox cannot be put into words: an unknown kind, or values that do not fit it.
 * After a day the values are forgotten.
 */
export async function checkSaid(sql: Connection): Promise<void> {
  const rows = await sql<{ kind: string; params: unknown }[]>`
    select distinct on (kind, params) kind, params from mobility.outbox
    where created_at > now() - interval '1 day'`;
  const wrong = rows.flatMap(({ kind, params }) => {
    if (!isMessageKind(kind)) return [`${kind}: no such kind`];
    const { error } = messageKinds[kind].params.safeParse(params);
    return error === undefined ? [] : [`${kind} ${JSON.stringify(params)}: ${error.message}`];
  });
  assert.deepEqual(wrong, []);
}
