import assert from "node:assert/strict";
import { steps } from "../../../shared/conversation/steps.ts";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { letChatTimePass } from "../chat/support/chat-clock.ts";
import { chatRide } from "../chat/support/chat-ride.ts";
import { isAnswered, newPerson, type Person, writes } from "../chat/support/people.ts";
import { advance, type Connection, openTrip, propose } from "../support/rides.ts";
import { gauges, rollUp, type Series } from "./support/totals.ts";

const MINUTE = 60;

function leavingTest(name: string, test: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase();
      await test(database);
    },
  });
}

/** Who left so far, by step. */
async function abandoned(sql: Connection): Promise<Series> {
  await rollUp(sql);
  const found = await gauges(sql, "mobility_conversations_abandoned_total");
  return Object.fromEntries(
    Object.entries(found).map(([series, value]) => [/step="([^"]+)"/.exec(series)?.[1], value]),
  );
}

async function asks(
  sql: Connection,
  person: Person,
  step: string,
  context: Readonly<Record<string, unknown>> = { role: "passenger" },
): Promise<void> {
  await isAnswered(sql, person, { step, context });
}

leavingTest(
  "count_abandoned() counts everybody who left in the middle, by what they were asked last",
  async ({ sql }) => {
    const asked = steps.filter((step) => step !== "idle" && step !== "pin");
    for (const step of asked) await asks(sql, await newPerson(sql), step);
    await asks(sql, await newPerson(sql), "pickup");
    await newPerson(sql);
    await letChatTimePass(sql, 29 * MINUTE);
    assert.deepEqual(await abandoned(sql), {}, "they may still answer");
    await letChatTimePass(sql, 2 * MINUTE);
    const expected = { ...Object.fromEntries(asked.map((step) => [step, 1])), pickup: 2 };
    assert.deepEqual(await abandoned(sql), expected);
    await letChatTimePass(sql, 300 * MINUTE);
    assert.deepEqual(await abandoned(sql), expected, "once");
  },
);

leavingTest("count_abandoned() counts who came back only if they leave again", async ({ sql }) => {
  const person = await newPerson(sql);
  await asks(sql, person, "pickup");
  await letChatTimePass(sql, 31 * MINUTE);
  assert.deepEqual(await abandoned(sql), { pickup: 1 });
  await asks(sql, person, "dropoff");
  assert.deepEqual(await abandoned(sql), { pickup: 1 });
  await letChatTimePass(sql, 31 * MINUTE);
  assert.deepEqual(await abandoned(sql), { pickup: 1, dropoff: 1 });
  await isAnswered(sql, person, { step: "idle" });
  await letChatTimePass(sql, 31 * MINUTE);
  assert.deepEqual(await abandoned(sql), { pickup: 1, dropoff: 1 });
});

leavingTest("count_abandoned() passes by who is being answered", async ({ sql }) => {
  const person = await newPerson(sql);
  await asks(sql, person, "time");
  await letChatTimePass(sql, 31 * MINUTE);
  await sql`update mobility.conversations set lease_until = now() + interval '10 seconds'`;
  assert.deepEqual(await abandoned(sql), {});
  await sql.begin(async (other) => {
    await other`select 1 from mobility.conversations for update`;
    assert.deepEqual(await abandoned(sql), {});
  });
  await sql`update mobility.conversations set lease_until = null`;
  assert.deepEqual(await abandoned(sql), { time: 1 });
});

leavingTest("count_abandoned() does not count who found a ride by other means", async ({ sql }) => {
  const passenger = await newPerson(sql);
  const driver = await newPerson(sql);
  await asks(sql, passenger, "dropoff", { role: "passenger" });
  await asks(sql, driver, "plate", { role: "driver" });
  const later = await newPerson(sql);
  await asks(sql, later, "time", { role: "passenger", later: true });
  for (const person of [passenger, later]) {
    const match = await propose(sql, {
      passenger: (await openTrip(sql, "passenger", { user_id: person.user_id })).id,
      driver: (await openTrip(sql, "driver", person === later ? {} : { user_id: driver.user_id }))
        .id,
    });
    await advance(sql, { match: match.id, action: "accept" });
  }
  await letChatTimePass(sql, 31 * MINUTE);
  assert.deepEqual(await abandoned(sql), { time: 1 }, "who puts together a ride for later has");
});

leavingTest(
  "count_abandoned() counts a PIN as long as the driver stands there without it",
  async ({ sql }) => {
    const waiting = await chatRide(sql, "driver_arrived");
    const started = await chatRide(sql, "driver_arrived");
    for (const { driver } of [waiting, started]) await asks(sql, driver, "pin", {});
    await advance(sql, { match: started.match.id, action: "start", pin: started.pin });
    await letChatTimePass(sql, 31 * MINUTE);
    assert.deepEqual(await abandoned(sql), { pin: 1 });
  },
);

leavingTest(
  "count_abandoned() counts each once, though many count at once and people write",
  async ({ sql }) => {
    const people: Person[] = [];
    for (let i = 0; i < 20; i++) people.push(await newPerson(sql));
    for (const person of people) await asks(sql, person, "pickup");
    await letChatTimePass(sql, 31 * MINUTE);
    const before = people.slice(0, 5);
    await Promise.all([
      ...Array.from({ length: 10 }, () => rollUp(sql)),
      ...before.map(async (person) => {
        await writes(sql, person);
      }),
    ]);
    const { pickup = 0 } = await abandoned(sql);
    assert.ok(pickup >= 15 && pickup <= 20, `${pickup} of 20, 5 of whom wrote meanwhile`);
    const [marked] = await sql<{ count: number }[]>`
    select count(*)::int from mobility.conversations where left_at = last_inbound_at`;
    assert.equal(marked?.count, 15);
  },
);
