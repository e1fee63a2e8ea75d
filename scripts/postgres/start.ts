import postgres from "postgres";
import { print, report } from "../print.ts";
import { runPlainCommand } from "../run-command.ts";
import { migrate } from "./migrate.ts";
import { startTemporaryPostgres } from "./temporary-postgres.ts";

const USAGE = `deno task db

Starts a throw-away PostgreSQL, migrated and seeded, and prints its DATABASE_URL; it goes at Ctrl-C.`;

/** `deno task db`: a throw-away PostgreSQL, migrated and seeded, until Ctrl-C. */
async function main(): Promise<number> {
  const stop = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGINT", stop.resolve);
  Deno.addSignalListener("SIGTERM", stop.resolve);

  report("starting PostgreSQL");
  await using server = await startTemporaryPostgres();
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    await migrate(sql, { seed: true, realtime: true, onProgress: report });
  } finally {
    await sql.end();
  }
  print(`DATABASE_URL=${server.url}`);
  report("ready; its data goes when you press Ctrl-C");
  await stop.promise;
  return 0;
}

if (import.meta.main) await runPlainCommand(main, USAGE);
