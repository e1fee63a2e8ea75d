import type { Sql } from "postgres";
import { SEARCHES } from "./city.ts";

/** A passenger of the city who writes by WhatsApp, with an open trip to search for. */
export interface ChatPerson {
  readonly key: string;
  readonly phone: null;
  readonly whatsapp_user_id: string;
  readonly name: string;
  readonly trip_id: string;
}

/** Those who search among the many motos, and those who keep the worker busy with trucks. */
export interface ChatPeople {
  readonly measured: readonly ChatPerson[];
  readonly background: readonly ChatPerson[];
}

/** Brings the passengers of `fillCity` into the chat, and lets the number send as much as Meta ever allows. */
export async function fillChat(sql: Sql): Promise<ChatPeople> {
  await sql.unsafe(`
    update mobility.profiles p set whatsapp_user_id = 'RW.9' || right(t.id::text, 12),
      display_name = 'Person ' || right(t.id::text, 4)
    from mobility.trips t where t.user_id = p.user_id and t.role = 'passenger';
    insert into mobility.conversations (user_id, locale_known, last_inbound_at)
      select user_id, true, now() from mobility.trips where role = 'passenger';
    -- Or what is said would wait for the throughput, and not for what is measured here.
    update mobility.sending_rate set per_second = 1000;
  `);
  await sql`vacuum analyze`;
  const people = Array.from({ length: 2 * SEARCHES }, (_, index): ChatPerson => {
    const digits = String(index + 1).padStart(12, "0");
    return {
      key: digits,
      phone: null,
      whatsapp_user_id: `RW.9${digits}`,
      name: `Person ${digits.slice(-4)}`,
      trip_id: `00000000-0000-4000-8000-${digits}`,
    };
  });
  return { measured: people.slice(0, SEARCHES), background: people.slice(SEARCHES) };
}

/** Keeps so many searches waiting for the worker until told to stop. */
export async function keepBusy(
  sql: Sql,
  { people, waiting, signal }: {
    people: readonly ChatPerson[];
    waiting: number;
    signal: AbortSignal;
  },
): Promise<void> {
  let next = 0;
  while (!signal.aborted) {
    const [row] = await sql<{ pending: number }[]>`
      select count(*)::integer as pending from mobility.inbox where done_at is null`;
    const more = Array.from({ length: Math.max(0, waiting - (row?.pending ?? 0)) }, () => {
      next++;
      const person = people[next % people.length];
      return { user: person?.whatsapp_user_id ?? "", tap: `again:${person?.trip_id}` };
    });
    if (more.length > 0) {
      await sql`
        insert into mobility.inbox (message_id, user_id, content, sent_at)
        select 'bench:' || gen_random_uuid(), p.user_id,
          jsonb_build_object('kind', 'reply', 'id', m.tap, 'title', 'Search again'), now()
        from jsonb_to_recordset(${sql.json(more)}) as m ("user" text, tap text)
        join mobility.profiles p on p.whatsapp_user_id = m."user"`;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until everything is answered and sent. */
export async function waitUntilIdle(sql: Sql): Promise<void> {
  while (true) {
    const [row] = await sql<{ waiting: number }[]>`
      select (select count(*) from mobility.inbox where done_at is null)::integer
        + (select count(*) from mobility.outbox where status = 'queued')::integer as waiting`;
    if (row?.waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
