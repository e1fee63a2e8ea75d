import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { type BusyCounts, keepBusy } from "./busy-sides.ts";
import { differences, syncToQuiet, unexpectedBreaches } from "./compare-sides.ts";

const BACKFILL = fileURLToPath(new URL("../backfill.ts", import.meta.url));
const VERIFY = fileURLToPath(new URL("../verify.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a full run did. */
export interface FullRun {
  readonly counts: BusyCounts;
  readonly backfillSeconds: number;
  readonly kills: number;
  readonly verifyOutput: string;
  readonly rejects: readonly {
    readonly table: string;
    readonly reason: string;
    readonly rows: number;
  }[];
}

/** The CLI as people start it. */
export function startBackfill(url: string, args: readonly string[] = []): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", BACKFILL, ...args],
    cwd: ROOT,
    env: { DATABASE_URL: url },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** `deno task v1:verify` and its exit code. */
export async function runVerify(
  url: string,
): Promise<{ code: number; output: string; error: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", VERIFY, "--wait", "120"],
    cwd: ROOT,
    env: { DATABASE_URL: url },
    stdout: "piped",
    stderr: "piped",
  }).output();
  return {
    code,
    output: new TextDecoder().decode(stdout),
    error: new TextDecoder().decode(stderr),
  };
}

/**
 * The backfill of a filled V1 while both sides write, killed (-9) a few times on its way and started again;
 * then the verification. Asserts all that must hold.
 */
export async function runInFull(
  url: string,
  { kills, onProgress = () => {} }: {
    readonly kills: number;
    readonly onProgress?: (line: string) => void;
  },
): Promise<FullRun> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const stop = new AbortController();
  try {
    const [total] = await sql<{ rows: number }[]>`
      select (select count(*) from public.profiles) + (select count(*) from public.rides_trips)
        + (select count(*) from public.mobility_matches) as rows`;
    const rows = Number(total?.rows);
    const busy = keepBusy({ url, seed: 7, signal: stop.signal });
    const started = performance.now();
    for (let kill = 1; kill <= kills; kill++) {
      const backfill = startBackfill(url, ["--batch", "250"]);
      const output = [new Response(backfill.stdout).text(), new Response(backfill.stderr).text()];
      const enough = rows * kill / (kills + 1);
      while (await doneRows(sql) < enough) await new Promise((resolve) => setTimeout(resolve, 20));
      backfill.kill("SIGKILL");
      await backfill.status;
      await Promise.all(output);
      onProgress(`backfill killed at ${await doneRows(sql)} of ${rows} rows`);
    }
    const last = await startBackfill(url).output();
    assert.equal(last.code, 0, new TextDecoder().decode(last.stderr));
    const backfillSeconds = (performance.now() - started) / 1000;
    onProgress(`backfill done in ${backfillSeconds.toFixed(1)} s`);
    stop.abort();
    const counts = await busy;
    assert.deepEqual(counts.failures.slice(0, 3), [], "no write failed");
    onProgress(`${counts.v1} writes of V1 and ${counts.v2} deeds of V2 meanwhile`);

    const verified = await runVerify(url);
    assert.equal(verified.code, 0, verified.output + verified.error);
    await syncToQuiet(sql);
    assert.deepEqual(await differences(sql), []);
    // A live match may wait for another of the same people, made meanwhile by either side.
    const unplanned = await sql`
      select r."table", r.id, r.reason, r.detail from mobility_v1.rejects r
      where not exists (select from v1_fixture.planted p
        where p."table" = r."table" and p.id = r.id and p.reason = r.reason)
      and not (r.reason = 'SECOND_LIVE_MATCH' and exists (
        select from mobility.matches m where m.id = r.needs and m.live))`;
    assert.deepEqual([...unplanned], [], "nothing else was rejected");
    const missed = await sql`
      select p.* from v1_fixture.planted p where p.reason <> 'SECOND_LIVE_MATCH'
        and not exists (select from mobility_v1.rejects r
          where r."table" = p."table" and r.id = p.id and r.reason = p.reason)`;
    assert.deepEqual([...missed], [], "each planted row is listed, by its reason");
    assert.deepEqual(await unexpectedBreaches(sql), []);
    const rejects = await sql<{ table: string; reason: string; rows: number }[]>`
      select "table", reason, count(*)::integer as rows from mobility_v1.rejects group by 1, 2 order by 1, 2`;
    return { counts, backfillSeconds, kills, verifyOutput: verified.output, rejects: [...rejects] };
  } finally {
    stop.abort();
    await sql.end({ timeout: 5 });
  }
}

async function doneRows(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ done: number }[]>`
    select coalesce(sum(done), 0)::integer as done from mobility_v1.backfills`;
  return row?.done ?? 0;
}
