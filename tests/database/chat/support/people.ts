import type { Connection } from "../../support/rides.ts";
import { answeredBy } from "./rpc.ts";
import { message, newPhone, newWhatsappId, receive } from "./whatsapp.ts";
import { type Answer, type Answered, answerInbox } from "./worker.ts";

/** Somebody who has written. */
export interface Person {
  readonly user_id: string;
  readonly phone: string;
  readonly whatsapp_user_id: string;
  readonly name: string;
}

/** Somebody new writes "hello", which is answered with nothing. */
export async function newPerson(sql: Connection, name = "Aline"): Promise<Person> {
  const phone = newPhone();
  const whatsapp_user_id = newWhatsappId();
  const event = await writes(sql, { phone, whatsapp_user_id, name });
  await answerInbox(sql, event);
  return { user_id: event.user_id, phone, whatsapp_user_id, name };
}

/** An event that is leased to the test. */
export interface Leased {
  readonly id: number;
  readonly lease: string;
  readonly user_id: string;
}

/** A person writes, and a worker has just claimed it. */
export async function writes(
  sql: Connection,
  { phone, whatsapp_user_id, name }: Pick<Person, "phone" | "whatsapp_user_id" | "name">,
  text = "hello",
): Promise<Leased> {
  const sent = message({
    phone,
    whatsapp_user_id,
    display_name: name,
    content: { kind: "text", text },
  });
  await receive(sql, { messages: [sent] });
  const lease = crypto.randomUUID();
  const [event] = await sql<{ id: number; user_id: string }[]>`
    with leased as (
      update mobility.conversations c
      set lease = ${lease}, lease_until = now() + interval '30 seconds'
      from mobility.inbox i where i.user_id = c.user_id and i.message_id = ${sent.message_id}
      returning i.id::int, c.user_id
    )
    select id, user_id from leased`;
  if (event === undefined) throw new Error("Cannot lease the message: it was not stored");
  return { ...event, lease };
}

/** A person writes and gets an answer. */
export async function isAnswered(
  sql: Connection,
  person: Person,
  answer: Answer,
): Promise<Answered> {
  return await answerInbox(sql, await writes(sql, person), answer);
}

/** A person's message comes to a command; gives its result. */
export async function commands<T = Readonly<Record<string, unknown>>>(
  sql: Connection,
  person: Person,
  command: Readonly<Record<string, unknown>>,
): Promise<T> {
  const { result } = await isAnswered(sql, person, { command });
  return result as T;
}

/** The tasks that wait for a person, such as a search. */
export async function tasksOf(
  sql: Connection,
  userId: string,
): Promise<{ task: string; trip_id: string }[]> {
  return await answeredBy(sql`
    select coalesce(jsonb_agg(content - 'kind' order by id), '[]') as answer from mobility.inbox
    where user_id = ${userId} and content ->> 'kind' = 'task' and done_at is null`);
}
