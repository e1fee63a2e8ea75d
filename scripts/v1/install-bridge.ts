import type { Sql } from "postgres";
import { z } from "zod";
import { BridgeError } from "./bridge.ts";

/** How hard to try. */
export interface InstallOptions {
  /** For how long to go on trying. */
  readonly patienceS?: number;
  /** For how long a try may keep V1's writers waiting; far below the second after which PostgreSQL looks for deadlocks. */
  readonly waitMs?: number;
  readonly onProgress?: (line: string) => void;
}

const PATIENCE_S = 120;
const WAIT_MS = 250;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const steps = z.tuple([
  z.object({ step: z.object({ left: z.array(z.string()), busy: z.string().nullable() }) }),
]);
const holders = z.array(z.object({ pid: z.number(), state: z.string(), age_s: z.number() }));

/**
 * Puts the bridge in place on a V1 that is in use: a table a transaction, each try short, the pauses between them
 * growing, so that V1 gets on with its work. Gives how many tries found a table busy.
 * @throws {BridgeError} when a table was kept locked all the time; what is in place stays
 */
export async function installBridge(
  sql: Sql,
  { patienceS = PATIENCE_S, waitMs = WAIT_MS, onProgress = () => {} }: InstallOptions = {},
): Promise<number> {
  const deadline = performance.now() + patienceS * 1000;
  let pauseMs = FIRST_PAUSE_MS;
  for (let busyTries = 0;;) {
    const [{ step }] = steps.parse([
      ...await sql`select mobility_v1.install_next(${waitMs}) as step`,
    ]);
    if (step.busy === null) {
      pauseMs = FIRST_PAUSE_MS;
      if (step.left.length === 0) return busyTries;
      continue;
    }
    busyTries++;
    if (performance.now() + pauseMs > deadline) {
      throw new BridgeError(
        `${step.busy} was in use for ${patienceS} s without a gap of ${waitMs} ms ` +
          `(${await describeHolders(
            sql,
            step.busy,
          )}), so the bridge to V1 is not in place. V1 was not kept ` +
          "waiting. End that transaction, or come when it is quiet, and run this again",
      );
    }
    onProgress(
      `${step.busy} is being written: again in ${
        (pauseMs / 1000).toFixed(1)
      } s (${step.left.length} tables left)`,
    );
    // Not in step with whatever else happens regularly.
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.75 + Math.random() / 4)));
    pauseMs = Math.min(pauseMs * 1.6, LONGEST_PAUSE_MS);
  }
}

/** Who is in the way: process, state and age of the transaction; nothing of what it does. */
async function describeHolders(sql: Sql, table: string): Promise<string> {
  const found = holders.parse([
    ...await sql`
      select distinct l.pid, coalesce(a.state, 'unknown') as state,
        coalesce(extract(epoch from now() - a.xact_start)::integer, 0) as age_s
      from pg_locks l left join pg_stat_activity a using (pid)
      where l.relation = ${table}::regclass and l.granted and l.pid <> pg_backend_pid()
        and l.mode in ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
          'ExclusiveLock', 'AccessExclusiveLock')
      order by 3 desc limit 3`,
  ]);
  if (found.length === 0) return "by many short transactions";
  return found.map(({ pid, state, age_s }) => `pid ${pid}, ${state}, for ${age_s} s`).join("; ");
}
