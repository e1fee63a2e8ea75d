import postgres, { type Sql } from "postgres";
import { type Fault, repeat } from "./fault.ts";

/** Of every packet to the database; a call has a few. */
const SLOW_MS = 60;
const GRAB_EVERY_MS = 150;

/** What can happen to PostgreSQL. */
export const DATABASE_FAULTS: readonly Fault[] = [
  ...(["fast", "immediate"] as const).map((mode): Fault => ({
    name: mode === "fast" ? "PostgreSQL restarted" : "PostgreSQL crashed, recovers",
    inject: async ({ postgres }) => {
      await postgres.stop(mode);
      return () => postgres.start();
    },
  })),
  {
    name: "PostgreSQL failing over",
    inject: ({ postgres }) => postgres.failOver(),
  },
  {
    name: "PostgreSQL cut off",
    inject: ({ doors }) => {
      doors.database.isClosed = true;
      doors.database.cut();
      return Promise.resolve(() => {
        doors.database.isClosed = false;
        return Promise.resolve();
      });
    },
  },
  {
    name: "PostgreSQL out of connections",
    inject: async ({ postgres, doors }) => {
      const held: Sql[] = [];
      await grab(postgres.url, held);
      // Whoever had one has to come again, and finds none.
      doors.database.cut();
      const stop = repeat(GRAB_EVERY_MS, () => grab(postgres.url, held));
      return async () => {
        await stop();
        await Promise.all(held.map((sql) => sql.end({ timeout: 1 })));
      };
    },
  },
  {
    name: "PostgreSQL slow",
    inject: ({ doors }) => {
      doors.database.delayMs = SLOW_MS;
      return Promise.resolve(() => {
        doors.database.delayMs = 0;
        return Promise.resolve();
      });
    },
  },
  {
    name: "a long lock in PostgreSQL",
    inject: async ({ postgres: { url } }) => {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      // Reads go on; every ride that moves waits.
      await sql.unsafe("begin; lock table mobility.trips in exclusive mode").simple();
      return async () => {
        await sql.unsafe("rollback");
        await sql.end({ timeout: 2 });
      };
    },
  },
  {
    name: "Realtime refuses every message",
    inject: async ({ sql }) => {
      await sql.unsafe(`
        create function realtime.refuse_message() returns trigger language plpgsql as $$
        begin
          raise exception 'no partition of relation "messages" found for row';
        end $$;
        create trigger refuse_message before insert on realtime.messages
          for each row execute function realtime.refuse_message()`).simple();
      return async () => {
        await sql`drop function realtime.refuse_message() cascade`;
      };
    },
  },
];

/** Takes every connection that is free. */
async function grab(url: string, held: Sql[]): Promise<void> {
  while (true) {
    const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
    try {
      await sql`select`;
      held.push(sql);
    } catch {
      await sql.end({ timeout: 0 });
      return;
    }
  }
}
