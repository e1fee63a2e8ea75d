import assert from "node:assert/strict";
import { createDatabase, hasDatabase } from "../../support/database.ts";
import { runInFull, runVerify, startBackfill } from "../../../scripts/v1/rehearsal/full-run.ts";
import { addOldTrip, createBridged } from "./support/v1-database.ts";
import { addServiceArea, createV1, fillV1 } from "../../../scripts/v1/rehearsal/v1-fixture.ts";

// A tenth of what `deno task bench:v1` does.
Deno.test({
  name:
    "v1:backfill, killed twice on its way while both sides write, leaves zero differences and the planted rejects",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    await createV1(database.sql, { install: false });
    await addServiceArea(database.sql);
    await fillV1(database.sql, { trips: 10_000, matches: 4_000 });
    await database.sql`select mobility_v1.install()`;
    const { counts, verifyOutput, rejects } = await runInFull(database.url, { kills: 2 });
    assert.ok(counts.v1 > 100 && counts.v2 > 100, "both sides wrote meanwhile");
    assert.match(verifyOutput, /^V1 and V2 are equal: 0 differences\n/);
    for (const { table, reason, rows } of rejects) {
      assert.match(verifyOutput, new RegExp(`${table} ${reason} +${rows} `));
    }
    assert.equal(new Set(rejects.map(({ reason }) => reason)).size >= 9, true);
  },
});

Deno.test({
  name: "v1:backfill stops at Ctrl-C after its batch, and goes on from there",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { sql } = database;
    await createV1(sql, { install: false });
    await fillV1(sql, { trips: 3_000, matches: 800, seed: 2 });
    await sql`select mobility_v1.install()`;
    const done = async (): Promise<number> => {
      const [row] = await sql<{ done: number }[]>`
        select coalesce(sum(done), 0)::integer as done from mobility_v1.backfills where "table" = 'trips'`;
      return row?.done ?? 0;
    };
    const first = startBackfill(database.url, ["--batch", "50"]);
    const texts = [new Response(first.stdout).text(), new Response(first.stderr).text()];
    while (await done() < 100) await new Promise((resolve) => setTimeout(resolve, 10));
    first.kill("SIGINT");
    assert.equal((await first.status).code, 130);
    assert.match((await Promise.all(texts)).join(""), /Stopped\. The same command goes on/);
    const before = await done();
    assert.ok(before >= 100 && before < 3_000 && before % 50 === 0);

    const { code, stdout, stderr } = await startBackfill(database.url).output();
    assert.equal(code, 0);
    assert.match(
      new TextDecoder().decode(stderr),
      /trips +\[#+\] 2,9\d\d\/2,9\d\d, [\d,]+\/s, 0 s left/,
    );
    assert.match(new TextDecoder().decode(stdout), /\ntrips +\d+ .*\n[\s\S]*trips NO_PICKUP +\d+/);
    assert.equal((await runVerify(database.url)).code, 0);
  },
});

Deno.test({
  name: "v1:verify exits with 1 and names row and column of a difference, and nothing personal",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createBridged();
    const { sql } = database;
    const id = await addOldTrip(sql, { dropoff_text: "Secret place" });
    const lost = await addOldTrip(sql);
    assert.equal((await runVerify(database.url)).code, 0);
    // Behind the bridge's back.
    await sql.begin(async (transaction) => {
      await transaction`select set_config('mobility_v1.carrying', 'on', true)`;
      await transaction`
        update mobility.trips set status = 'cancelled', dropoff_text = 'Other secret' where id = ${id}`;
      await transaction`delete from mobility.live_positions where trip_id in (${id}, ${lost})`;
      await transaction`delete from mobility.trips where id = ${lost}`;
    });
    const { code, output } = await runVerify(database.url);
    assert.equal(code, 1);
    assert.match(output, /^3 differences\n/);
    assert.match(output, new RegExp(`trips ${id} status +V1: open +V2: cancelled`));
    assert.match(output, new RegExp(`trips ${id} dropoff_text +V1: \\*\\*\\* +V2: \\*\\*\\*`));
    assert.match(output, new RegExp(`trips ${lost} the row +V1: there +V2: none`));
    assert.doesNotMatch(output, /ecret/);
  },
});

Deno.test({
  name: "v1:backfill and v1:verify say so where there is no V1, and refuse what they do not know",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { code, stderr } = await startBackfill(database.url).output();
    assert.deepEqual([code, new TextDecoder().decode(stderr).includes("There is no V1")], [
      0,
      true,
    ]);
    assert.equal((await runVerify(database.url)).code, 0);
    const mistyped = await startBackfill(database.url, ["--bach", "3"]).output();
    assert.equal(mistyped.code, 1);
    assert.match(
      new TextDecoder().decode(mistyped.stderr),
      /Unknown option '--bach'[\s\S]*--batch N/,
    );
    const nowhere = await startBackfill("").output();
    assert.match(new TextDecoder().decode(nowhere.stderr), /Set DATABASE_URL/);
  },
});
