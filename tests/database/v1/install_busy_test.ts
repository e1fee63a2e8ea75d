import assert from "node:assert/strict";
import postgres, { type Sql } from "postgres";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { BridgeError } from "../../../scripts/v1/bridge.ts";
import { installBridge } from "../../../scripts/v1/install-bridge.ts";
import { differences, syncToQuiet } from "../../../scripts/v1/rehearsal/compare-sides.ts";
import { addServiceArea, createV1 } from "../../../scripts/v1/rehearsal/v1-fixture.ts";
import { until } from "../../support/stack-search.ts";
import { addOldTrip } from "./support/v1-database.ts";

const WAIT_MS = 250;
/** Above what a try may cost, below the 3 s that a lock was once waited for; the machine may be slow. */
const LONGEST_WRITE_MS = 1_500;
const WRITERS = 6;

function busyTest(name: string, body: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase({ connections: WRITERS + 2 });
      await createV1(database.sql, { install: false });
      await addServiceArea(database.sql);
      await body(database);
    },
  });
}

/** Somebody in the middle of a transaction that has written a row of V1's trips. */
async function holdTrips({ sql, url }: TestDatabase): Promise<AsyncDisposable> {
  const trip = await addOldTrip(sql);
  const holder = postgres(url, { max: 1, onnotice: () => {} });
  await holder`begin`;
  await holder`update public.rides_trips set pickup_text = 'held' where id = ${trip}`;
  return {
    [Symbol.asyncDispose]: async () => {
      await holder`commit`;
      await holder.end({ timeout: 5 });
    },
  };
}

/** V1's writers, each with one short write after the other on all three tables. */
function keepWriting(sql: Sql, signal: AbortSignal): { longestMs: number; done: Promise<number> } {
  const state = { longestMs: 0, done: Promise.resolve(0) };
  async function write(): Promise<number> {
    let writes = 0;
    while (!signal.aborted) {
      const startedAt = performance.now();
      // A person, a trip and a touch of every match: three transactions.
      await addOldTrip(sql);
      await sql`update public.mobility_matches set updated_at = now()`;
      state.longestMs = Math.max(state.longestMs, performance.now() - startedAt);
      writes++;
    }
    return writes;
  }
  state.done = Promise.all(Array.from({ length: WRITERS }, write))
    .then((counts) => counts.reduce((sum, count) => sum + count, 0));
  return state;
}

busyTest(
  "installBridge() waits for a long transaction, and V1's writers do not wait for it",
  async (database) => {
    const { sql } = database;
    const stop = new AbortController();
    const writers = keepWriting(sql, stop.signal);
    const held = await holdTrips(database);
    const lines: string[] = [];
    const client = postgres(database.url, { max: 1, onnotice: () => {} });
    const installing = installBridge(client, {
      waitMs: WAIT_MS,
      onProgress: (line) => lines.push(line),
    });
    await until(() => Promise.resolve(lines.length), (count) => count >= 4, { ms: 20_000 });
    await held[Symbol.asyncDispose]();
    const busyTries = await installing;
    stop.abort();
    assert.ok(await writers.done > 100, "V1 went on writing");
    await client.end({ timeout: 5 });
    assert.ok(
      writers.longestMs < LONGEST_WRITE_MS,
      `a write of V1 took ${Math.round(writers.longestMs)} ms`,
    );
    assert.ok(busyTries >= 4);
    assert.match(
      lines[0] ?? "",
      /^public\.rides_trips is being written: again in 0\.2 s \(\d tables left\)$/,
    );
    const [row] = await sql`
    select installed, mobility_v1.bare_tables() as bare from mobility_v1.bridge`;
    assert.deepEqual({ ...row }, { installed: true, bare: [] });

    // From here on all is noted, and what was before is carried by the backfill.
    for (const table of ["profiles", "trips", "matches", "v2_profiles", "v2_trips", "v2_matches"]) {
      await sql`select mobility_v1.backfill_batch(${table}, 10000)`;
    }
    await syncToQuiet(sql);
    assert.deepEqual(await differences(sql), []);
  },
);

busyTest(
  "installBridge() gives up in time, says who is in the way, and goes on another time",
  async (database) => {
    const { sql } = database;
    const held = await holdTrips(database);
    await assert.rejects(
      installBridge(sql, { patienceS: 2, waitMs: 50 }),
      (error) =>
        error instanceof BridgeError &&
        /^public\.rides_trips was in use for 2 s.*\(pid \d+, idle in transaction, for \d+ s\)/.test(
          error.message,
        ),
    );
    const [half] = await sql`
    select installed, 'public.profiles' = any (mobility_v1.bare_tables()) as people
    from mobility_v1.bridge`;
    assert.deepEqual({ ...half }, { installed: false, people: false });
    await addOldTrip(sql);
    await held[Symbol.asyncDispose]();
    assert.equal(await installBridge(sql), 0);
  },
);

busyTest(
  "install() leaves a busy V1 as it is, at once, and takes no lock along",
  async (database) => {
    const { sql } = database;
    const held = await holdTrips(database);
    const startedAt = performance.now();
    await sql.begin(async (transaction) => {
      const [row] = await transaction`select mobility_v1.install() as installed`;
      assert.deepEqual({ ...row }, { installed: false });
      assert.ok(performance.now() - startedAt < LONGEST_WRITE_MS);
      // The migration that called it goes on, and V1 writes meanwhile.
      await sql`select set_config('lock_timeout', '100ms', false)`;
      await addOldTrip(sql);
    });
    const [row] = await sql`
    select count(*)::integer as triggers from pg_trigger where tgname like 'mobility\\_v1\\_%'`;
    assert.equal(row?.["triggers"], 0);
    await held[Symbol.asyncDispose]();
    const [again] = await sql`select mobility_v1.install() as installed`;
    assert.deepEqual({ ...again }, { installed: true });
  },
);
