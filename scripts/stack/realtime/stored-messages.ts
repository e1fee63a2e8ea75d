import { z } from "zod";
import { parseJson } from "../../parse-json.ts";
import type { RelayDatabase } from "./relay-database.ts";

/** A row of realtime.messages that is to be sent. */
export interface StoredMessage {
  readonly id: string;
  readonly topic: string;
  readonly event: string;
  readonly private: boolean;
  readonly payload: unknown;
}

/** Whom to tell of messages, and of what could not be read. */
export interface FollowMessagesOptions {
  readonly onMessage: (message: StoredMessage) => void;
  readonly onError: (error: unknown) => void;
}

/** Which messages to send again; times in milliseconds since 1970. */
export interface ReplayOptions {
  readonly topic: string;
  readonly since: number;
  readonly limit: number;
}

const idSchema = z.object({ id: z.string() });
const messageSchema = idSchema.extend({
  topic: z.string(),
  event: z.string(),
  private: z.boolean().nullable().transform((value) => value ?? false),
  payload: z.unknown(),
});
const notificationSchema = z.union([messageSchema, idSchema]);
const rowsSchema = z.array(z.object({ message: z.string() }));

const MESSAGE =
  `select jsonb_build_object('id', id, 'topic', topic, 'event', event, 'private', private,
  'payload', payload)::text as message from realtime.messages`;
const MOST_REPLAYED = 25;

/**
 * Tells every message of the database from now on, in the order of the commits. Most are in their
 * notification; one that was too long for it holds those behind it up until it is fetched.
 */
export async function followMessages(
  database: RelayDatabase,
  { onMessage, onError }: FollowMessagesOptions,
): Promise<void> {
  let last = Promise.resolve();
  let waiting = 0;
  const deliver = async (notification: z.infer<typeof notificationSchema>): Promise<void> => {
    try {
      if ("topic" in notification) onMessage(notification);
      else (await fetchMessage(database, notification.id)).forEach(onMessage);
    } catch (error) {
      onError(error);
    } finally {
      waiting--;
    }
  };
  await database.listen("realtime_messages", (payload) => {
    const parsed = notificationSchema.safeParse(parseJson(payload));
    if (!parsed.success) return onError(parsed.error);
    const notification = parsed.data;
    if (waiting === 0 && "topic" in notification) return onMessage(notification);
    waiting++;
    last = last.then(() => deliver(notification));
  });
}

/** The last private messages of a topic, oldest first; 25 at most. */
export async function replayMessages(
  database: RelayDatabase,
  { topic, since, limit }: ReplayOptions,
): Promise<StoredMessage[]> {
  const rows = await database.query(
    `${MESSAGE} where topic = $1 and private and extension = 'broadcast' and event is not null
       and inserted_at >= to_timestamp($2::text::float8 / 1000) at time zone 'UTC'
     order by inserted_at desc, ctid desc limit $3::text::integer`,
    [topic, String(since), String(Math.min(Math.max(limit, 1), MOST_REPLAYED))],
  );
  return readRows(rows).reverse();
}

/** Deletes the messages that Supabase would have dropped by now. */
export async function pruneMessages(database: RelayDatabase): Promise<void> {
  await database.query(
    "delete from realtime.messages where inserted_at < (now() at time zone 'UTC') - interval '72 hours'",
    [],
  );
}

async function fetchMessage(database: RelayDatabase, id: string): Promise<StoredMessage[]> {
  return readRows(await database.query(`${MESSAGE} where id = $1::text::uuid`, [id]));
}

function readRows(rows: readonly unknown[]): StoredMessage[] {
  return rowsSchema.parse(rows).map(({ message }) => messageSchema.parse(parseJson(message)));
}
