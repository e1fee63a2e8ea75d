import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { Sql } from "postgres";
import { listMigrations, migrate } from "../../scripts/postgres/migrate.ts";
import type { Claims } from "../../scripts/stack/caller.ts";
import { mayBroadcast, mayReceive } from "../../scripts/stack/realtime/authorization.ts";
import { postgresRelayDatabase } from "../../scripts/stack/realtime/relay-databases.ts";
import { pruneMessages } from "../../scripts/stack/realtime/stored-messages.ts";
import { asRole, createDatabase, hasDatabase, type TestDatabase } from "../support/database.ts";
import { type Match, rideIn } from "./support/rides.ts";

const NOBODY: Claims = { role: "anon" };

realtimeTest(
  "people may receive their own topic and that of their ride, nothing else",
  async (t) => {
    const ride = await rideIn(t.sql, "accepted");
    const other = await rideIn(t.sql, "accepted");
    const stranger = crypto.randomUUID();
    for (const user of [ride.driver_user_id, ride.passenger_user_id]) {
      assert.ok(await t.may(person(user), `user:${user}`), "the own topic");
      assert.ok(await t.may(person(user), `match:${ride.id}`), "the ride");
    }
    const closed: [claims: Claims, topic: string][] = [
      [person(ride.driver_user_id), `user:${ride.passenger_user_id}`],
      [person(ride.driver_user_id), `match:${other.id}`],
      [person(ride.passenger_user_id), "operators"],
      [person(stranger), `match:${ride.id}`],
      [person(stranger), `user:${ride.passenger_user_id}`],
      [person(stranger), "operators"],
      [NOBODY, `match:${ride.id}`],
      [NOBODY, `user:${ride.passenger_user_id}`],
      [NOBODY, "operators"],
      // A key is nobody's, whatever its claims say.
      [{ role: "anon", sub: ride.passenger_user_id }, `match:${ride.id}`],
      [{ role: "authenticated" }, `match:${ride.id}`],
      [{ role: "authenticated", sub: "nobody's id" }, `match:${ride.id}`],
      [person(ride.passenger_user_id), `match:${ride.id} `],
      [person(ride.passenger_user_id), `match:${"-".repeat(36)}`],
      [person(ride.passenger_user_id), "match:"],
      [person(ride.passenger_user_id), ""],
      [person(ride.passenger_user_id), `user:${ride.passenger_user_id.toUpperCase()}`],
    ];
    for (const [claims, topic] of closed) {
      assert.equal(await t.may(claims, topic), false, `${JSON.stringify(claims)} on "${topic}"`);
    }
  },
);

realtimeTest("people may still receive a ride that is over", async (t) => {
  const ride = await rideIn(t.sql, "completed");
  assert.ok(await t.may(person(ride.passenger_user_id), `match:${ride.id}`));
});

realtimeTest("operators may receive the operators' topic and no person's", async (t) => {
  const ride = await rideIn(t.sql, "accepted");
  const operator = crypto.randomUUID();
  assert.equal(await t.may(person(operator), "operators"), false);
  await t.sql`insert into mobility.operators (user_id, name) values (${operator}, 'Night shift')`;
  assert.ok(await t.may(person(operator), "operators"));
  assert.equal(await t.may(person(operator), `user:${ride.driver_user_id}`), false);
  await t.sql`delete from mobility.operators where user_id = ${operator}`;
  assert.equal(await t.may(person(operator), "operators"), false);
});

realtimeTest("a link's token may receive its ride alone, while the link is valid", async (t) => {
  const { sql } = t;
  const ride = await rideIn(sql, "accepted");
  const other = await rideIn(sql, "accepted");
  const topic = `match:${ride.id}`;
  const guest = await linkTo(sql, ride);
  assert.ok(await t.may(guest.claims, topic));
  assert.equal(await t.may(guest.claims, `match:${other.id}`), false, "another ride");
  assert.equal(
    await t.may(guest.claims, `user:${guest.id}`),
    false,
    "a topic named after the link",
  );
  assert.equal(await t.may(guest.claims, "operators"), false);
  assert.equal(await t.may({ ...guest.claims, role: "anon" }, topic), false);
  // It never opens more than its ride, whoever its subject is.
  const more = { ...guest.claims, sub: ride.passenger_user_id };
  assert.equal(await t.may(more, `user:${ride.passenger_user_id}`), false);
  assert.equal(await t.may({ ...guest.claims, link_id: crypto.randomUUID() }, topic), false);
  assert.equal(await t.may({ ...guest.claims, link_id: "no id" }, topic), false);

  const expired = await linkTo(sql, ride);
  await sql`update mobility.trip_links set expires_at = now() where id = ${expired.id}`;
  assert.equal(await t.may(expired.claims, topic), false, "an expired link");
  await sql`select public.revoke_links(${ride.passenger_user_id}, ${ride.id})`;
  assert.equal(await t.may(guest.claims, topic), false, "a revoked link");
});

realtimeTest(
  "nobody but the service may broadcast, or write a message in any other way",
  async (t) => {
    const { sql } = t;
    const ride = await rideIn(sql, "accepted");
    const topic = `match:${ride.id}`;
    const { claims: guest } = await linkTo(sql, ride);
    const database = postgresRelayDatabase(sql);
    for (const claims of [NOBODY, person(ride.driver_user_id), guest]) {
      assert.equal(await mayBroadcast(database, { claims, topic }), false, claims.role);
    }
    assert.ok(await mayBroadcast(database, { claims: { role: "service_role" }, topic }));
    const count = (): Promise<unknown> => sql`select count(*)::int as n from realtime.messages`;
    const before = await count();
    await asRole(
      sql,
      { role: "authenticated", sub: ride.driver_user_id, commit: true },
      (as) => as`select realtime.send('{}', 'match_changed', ${topic}, true)`,
    );
    assert.deepEqual(await count(), before, "realtime.send() is refused, with a warning");
    const changed = await asRole(
      sql,
      { role: "authenticated", sub: ride.driver_user_id },
      (as) => as`update realtime.messages set event = 'forged' returning id`,
    );
    assert.equal(changed.length, 0);
  },
);

realtimeTest("a probe leaves no row and tells nobody", async (t) => {
  const told: string[] = [];
  await t.sql.listen("realtime_messages", (payload) => told.push(payload));
  const user = crypto.randomUUID();
  const before = await t.sql`select id from realtime.messages`;
  assert.ok(await t.may(person(user), `user:${user}`));
  assert.deepEqual(await t.sql`select id from realtime.messages`, before);
  await t.sql`select realtime.send('{}', 'last', 'x')`;
  await until(() => told.length > 0);
  assert.deepEqual(told.map((text) => JSON.parse(text).event), ["last"]);
});

realtimeTest(
  "realtime.send() stores, notifies on commit, and never fails its caller",
  async (t) => {
    const { sql } = t;
    const told: { id: string; topic?: string; payload?: unknown }[] = [];
    await sql.listen("realtime_messages", (payload) => told.push(JSON.parse(payload)));
    await sql.begin(async (transaction) => {
      await transaction`select realtime.send('{"a": 1}', 'one', 't')`;
      await transaction`select realtime.send('{"id": "mine"}', 'two', 't', false)`;
      const long = { long: "é".repeat(5000) };
      await transaction`select realtime.send(${sql.json(long)}, 'three', 't')`;
      await transaction`select realtime.send('{}', null, 't')`;
      const [topic] = await transaction`select realtime.topic()`;
      assert.deepEqual(topic, { topic: "t" });
    });
    await assert.rejects(sql.begin(async (transaction) => {
      await transaction`select realtime.send('{}', 'undone', 't')`;
      throw new Error("Undone");
    }));
    // No topic, and a payload that cannot have an id: warnings.
    await sql`select realtime.send('{}', 'lost', null)`;
    await sql`select realtime.send('[]', 'lost', 't')`;
    await sql`select realtime.send('{"z": 1}', 'last', 't')`;
    await until(() => told.length >= 4);
    const rows = await sql`
    select id, event, topic, extension, private, payload from realtime.messages
    where event is not null order by inserted_at, ctid`;
    assert.deepEqual(rows.map(({ event }) => event), ["one", "two", "three", "last"]);
    const [one, two, three, last] = rows;
    assert.deepEqual(one?.["payload"], { a: 1, id: one?.["id"] });
    assert.deepEqual([one?.["extension"], one?.["private"]], ["broadcast", true]);
    assert.deepEqual([two?.["payload"], two?.["private"]], [{ id: "mine" }, false]);
    const whole = [one, two, last].map((row) => ({
      id: row?.["id"],
      topic: "t",
      event: row?.["event"],
      private: row?.["private"],
      payload: row?.["payload"],
    }));
    assert.deepEqual(told, [whole[0], whole[1], { id: three?.["id"] }, whole[2]]);
  },
);

realtimeTest("pruneMessages() forgets what is older than three days", async ({ sql }) => {
  await sql`
    insert into realtime.messages (topic, extension, event, payload, inserted_at)
    select 't', 'broadcast', hours, '{}', (now() at time zone 'UTC') - make_interval(hours => hours)
    from unnest(array[0, 71, 73, 200]) hours`;
  await pruneMessages(postgresRelayDatabase(sql));
  const rows = await sql`select event from realtime.messages order by inserted_at desc`;
  assert.deepEqual(rows.map(({ event }) => event), ["0", "71"]);
});

Deno.test({
  name: "migrate() gives a database of before its realtime schema, and then the policies",
  ignore: !hasDatabase,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "mobility-migrations-" });
    await using database = await createDatabase({ empty: true });
    const { sql } = database;
    const before = (await listMigrations()).filter(({ version }) => version < "20261123120000");
    for (const { file } of before) {
      await Deno.copyFile(file, `${folder}/${file.pathname.split("/").at(-1)}`);
    }
    await migrate(sql, { migrations: pathToFileURL(`${folder}/`) });
    await Deno.remove(folder, { recursive: true });
    for (let start = 0; start < 2; start++) await migrate(sql, { realtime: true });
    const ride = await rideIn(sql, "accepted");
    const relay = postgresRelayDatabase(sql);
    const topic = `match:${ride.id}`;
    assert.ok(await mayReceive(relay, { claims: person(ride.driver_user_id), topic }));
    assert.equal(await mayReceive(relay, { claims: NOBODY, topic }), false);
  },
});

interface RealtimeTest {
  readonly sql: Sql;
  /** Whether somebody may receive a topic, asked as Realtime asks. */
  may(claims: Claims, topic: string): Promise<boolean>;
}

let shared: Promise<TestDatabase> | undefined;
Deno.test.afterAll(async () => await (await shared)?.close());

/** A test on the one database with Realtime that the tests of this file share. */
function realtimeTest(name: string, test: (t: RealtimeTest) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    // The connections of the pool outlive the test that happens to open them.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const { sql } = await (shared ??= createDatabase({ realtime: true }));
      const relay = postgresRelayDatabase(sql);
      await sql`delete from realtime.messages`;
      await test({ sql, may: (claims, topic) => mayReceive(relay, { claims, topic }) });
    },
  });
}

function person(sub: string): Claims {
  return { role: "authenticated", sub };
}

/** A guest's link to a ride, and the claims of the token that its page gets. */
async function linkTo(sql: Sql, match: Match): Promise<{ id: string; claims: Claims }> {
  const [made] = await sql<{ token: string }[]>`
    select public.create_link(${match.passenger_user_id}, ${match.id}, 'guest') ->> 'token' as token`;
  const [link] = await sql<{ id: string }[]>`
    select id from mobility.trip_links
    where token_hash = sha256(convert_to(${made?.token ?? ""}, 'UTF8'))`;
  assert.ok(link);
  return { id: link.id, claims: { role: "authenticated", sub: link.id, link_id: link.id } };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, "it did not happen within 5 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
