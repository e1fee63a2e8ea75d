import assert from "node:assert/strict";
import {
  createDatabase,
  databaseTest,
  hasDatabase,
  type TestDatabase,
} from "../support/database.ts";
import { advance, rideIn } from "./support/rides.ts";

/** A database in which Supabase's realtime.send writes down what it is given. */
async function withRealtime(): Promise<TestDatabase> {
  const database = await createDatabase();
  await database.sql.unsafe(`
    create schema realtime;
    create table realtime.sent (
      id bigint generated always as identity, payload jsonb, event text, topic text, private boolean,
      transaction xid8 default pg_current_xact_id()
    );
    create function realtime.send(payload jsonb, event text, topic text, private boolean default true)
    returns void language sql as
      $$ insert into realtime.sent (payload, event, topic, private) values ($1, $2, $3, $4) $$;
  `);
  return database;
}

Deno.test({
  name: "record_event() broadcasts each change to the match and its two people, in private",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await withRealtime();
    const { sql } = database;
    const match = await rideIn(sql, "accepted");
    const sent = await sql<
      { topic: string; event: string; private: boolean; payload: Record<string, unknown> }[]
    >`select topic, event, private, payload from realtime.sent order by id`;
    const topics = [
      `match:${match.id}`,
      `user:${match.driver_user_id}`,
      `user:${match.passenger_user_id}`,
      "operators",
    ];
    assert.deepEqual(sent.map(({ topic }) => topic), [...topics, ...topics]);
    const changes = [
      { match_id: match.id, from_status: null, status: "pending", actor: "passenger" },
      { match_id: match.id, from_status: "pending", status: "accepted", actor: "driver" },
    ];
    sent.forEach((one, i) => {
      const { at, ...payload } = one.payload;
      assert.deepEqual([one.event, one.private], ["match_changed", true]);
      assert.deepEqual(payload, changes[Math.floor(i / topics.length)]);
      assert.ok(Math.abs(Date.parse(String(at)) - Date.now()) < 60_000, `at ${at}`);
    });
    // Each change is one transaction, the broadcast and the row that it tells of.
    const [apart] = await sql<{ count: number }[]>`
      select count(*)::int from realtime.sent s
      where not exists (
        select from mobility.match_events e where e.xmin::text = s.transaction::xid::text)`;
    assert.equal(apart?.count, 0);
  },
});

Deno.test({
  name: "record_event() broadcasts nothing that is rolled back",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await withRealtime();
    const { sql } = database;
    const match = await rideIn(sql, "pending");
    const before = await sql`select * from realtime.sent`;
    const undone = new Error("Undone");
    await assert.rejects(
      sql.begin(async (transaction) => {
        await advance(transaction, { match: match.id, action: "accept" });
        const inside = await transaction`select from realtime.sent`;
        assert.equal(inside.length, before.length + 4);
        throw undone;
      }),
      undone,
    );
    assert.equal((await sql`select from realtime.sent`).length, before.length);
  },
});

Deno.test({
  name: "a change stands only with its broadcast",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await withRealtime();
    const { sql } = database;
    const match = await rideIn(sql, "pending");
    await sql`alter table realtime.sent add check (event <> 'match_changed') not valid`;
    await assert.rejects(advance(sql, { match: match.id, action: "accept" }), { code: "23514" });
    const [row] = await sql`select status from mobility.matches where id = ${match.id}`;
    assert.deepEqual(row, { status: "pending" });
  },
});

databaseTest("record_event() logs without the realtime schema too", async ({ sql }) => {
  const [schema] = await sql`select to_regnamespace('realtime') as realtime`;
  assert.deepEqual(schema, { realtime: null });
  const match = await rideIn(sql, "completed");
  const events = await sql`select from mobility.match_events where match_id = ${match.id}`;
  assert.equal(events.length, 5);
});
