import type { Claims } from "../caller.ts";
import type { Query, RelayDatabase } from "./relay-database.ts";

/** Who asks about which topic (without "realtime:"). */
export interface Question {
  readonly claims: Claims;
  readonly topic: string;
}

const INSUFFICIENT_PRIVILEGE = "42501";

/**
 * Whether the policies for select let the caller receive a topic, asked as Supabase's Realtime asks: can the
 * caller see a row with nothing in it but the topic and the extension? That row is never committed.
 */
export async function mayReceive(
  database: RelayDatabase,
  question: Question,
): Promise<boolean> {
  const probe = [crypto.randomUUID(), question.topic];
  const rows = await database.probe(async (query) => {
    await query(
      `insert into realtime.messages (id, topic, extension)
       values ($1::text::uuid, $2, 'broadcast')`,
      probe,
    );
    await becomeCaller(query, question);
    return await query(
      `select 1 from realtime.messages
       where id = $1::text::uuid and topic = $2 and extension = 'broadcast'`,
      probe,
    );
  });
  return rows.length > 0;
}

/** Whether the policies for insert let the caller broadcast on a topic. */
export async function mayBroadcast(
  database: RelayDatabase,
  question: Question,
): Promise<boolean> {
  try {
    return await database.probe(async (query) => {
      await becomeCaller(query, question);
      await query(
        "insert into realtime.messages (topic, extension) values ($1, 'broadcast')",
        [question.topic],
      );
      return true;
    });
  } catch (error) {
    if (sqlState(error) === INSUFFICIENT_PRIVILEGE) return false;
    throw error;
  }
}

/** PostgreSQL's code for what it refused. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

async function becomeCaller(query: Query, { claims, topic }: Question): Promise<void> {
  await query(
    `select set_config('role', $1, true), set_config('realtime.topic', $2, true),
       set_config('request.jwt.claims', $3, true), set_config('request.headers', '{}', true)`,
    [claims.role, topic, JSON.stringify(claims)],
  );
}
