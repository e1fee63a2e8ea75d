import type { PGlite } from "@electric-sql/pglite";
import type { Sql } from "postgres";
import type { Query, RelayDatabase } from "./relay-database.ts";

/** PGlite's one session, in which everybody waits for their turn: `run` gives it. */
export function pgliteRelayDatabase(
  pglite: PGlite,
  run: <T>(work: () => Promise<T>) => Promise<T>,
): RelayDatabase {
  return {
    query: (text, parameters) => run(async () => (await pglite.query(text, [...parameters])).rows),
    probe: (work) =>
      run(() =>
        pglite.transaction(async (transaction) => {
          const value = await work(async (text, parameters) =>
            (await transaction.query(text, [...parameters])).rows
          );
          await transaction.rollback();
          return value;
        })
      ),
    listen: (channel, onPayload) =>
      run(async () => {
        await pglite.listen(channel, onPayload);
      }),
  };
}

/** A pool of connections; one more listens. */
export function postgresRelayDatabase(sql: Sql): RelayDatabase {
  return {
    query: async (text, parameters) => await sql.unsafe(text, [...parameters]),
    probe: async <T>(work: (query: Query) => Promise<T>): Promise<T> => {
      const undone = new Error("Rolled back on purpose");
      let outcome: { value: T } | undefined;
      try {
        await sql.begin(async (transaction) => {
          const query: Query = async (text, parameters) =>
            await transaction.unsafe(text, [...parameters]);
          outcome = { value: await work(query) };
          throw undone;
        });
      } catch (error) {
        if (error !== undone) throw error;
      }
      if (outcome === undefined) throw undone;
      return outcome.value;
    },
    listen: async (channel, onPayload) => {
      await sql.listen(channel, onPayload);
    },
  };
}
