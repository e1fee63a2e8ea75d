import type { Sql } from "postgres";
import { z } from "zod";

/** Somebody else deploys to this database. */
export class LockedError extends Error {
  override name = "LockedError";
}

// "mobility" in ASCII, as one bigint: the lock that every deployer of this tool takes.
const LOCK = "7885629677478966393";

const holderRow = z.object({
  by: z.string(),
  phase: z.string(),
  since: z.date(),
  backend_pid: z.number().int(),
});

/** Who deploys now. */
export type Holder = z.infer<typeof holderRow>;

/** Takes the lock that lives as long as the connection, dead or alive its owner. @throws {LockedError} */
export async function takeLock(sql: Sql): Promise<void> {
  const [row] = await sql<
    { taken: boolean }[]
  >`select pg_try_advisory_lock(${LOCK}::bigint) as taken`;
  if (row?.taken) return;
  throw new LockedError(describeHolder(await readHolder(sql)));
}

/** Says who holds the lock; called by whoever has just taken it. */
export async function nameHolder(
  sql: Sql,
  { by, phase }: { readonly by: string; readonly phase: string },
): Promise<void> {
  await sql`
    insert into mobility_deploy.holder (backend_pid, by, phase)
    values (pg_backend_pid(), ${by}, ${phase})
    on conflict (one) do update
      set backend_pid = excluded.backend_pid, by = excluded.by, phase = excluded.phase, since = now()`;
}

/**
 * Makes sure that the lock is still held: a connection that broke has lost it, and is given it back when
 * nobody took it in between.
 * @throws {LockedError}
 */
export async function keepLock(
  sql: Sql,
  holder: { readonly by: string; readonly phase: string },
): Promise<void> {
  const [row] = await sql<{ held: boolean }[]>`
    select exists (
      select from pg_locks
      where locktype = 'advisory' and granted and pid = pg_backend_pid() and objsubid = 1
        and (classid::bigint << 32 | objid::bigint) = ${LOCK}::bigint
    ) as held`;
  if (row?.held) return;
  await takeLock(sql);
  await nameHolder(sql, holder);
}

/** Who holds the lock now; undefined when nobody does. */
export async function readHolder(sql: Sql): Promise<Holder | undefined> {
  const [locked] = await sql<{ pid: number }[]>`
    select pid from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32 | objid::bigint) = ${LOCK}::bigint`;
  if (locked === undefined) return undefined;
  const unknown = { by: "somebody", phase: "unknown", since: new Date(), backend_pid: locked.pid };
  const [table] = await sql<{ there: boolean }[]>`
    select to_regclass('mobility_deploy.holder') is not null as there`;
  if (!table?.there) return unknown;
  const rows = await sql`
    select by, phase, since, backend_pid from mobility_deploy.holder where backend_pid = ${locked.pid}`;
  // Taken a moment ago, its name is not written yet.
  return rows[0] === undefined ? unknown : holderRow.parse(rows[0]);
}

function describeHolder(holder: Holder | undefined): string {
  if (holder === undefined) return "Somebody else was deploying until a moment ago: try again";
  return `Somebody else is deploying to this database: ${holder.by}, phase ${holder.phase}, since ` +
    `${holder.since.toISOString()}. Wait, or look with: deno task deploy status. If that process is ` +
    `known to be dead, end its session: select pg_terminate_backend(${holder.backend_pid}). ` +
    "(rollback works at any time, whoever deploys.)";
}
