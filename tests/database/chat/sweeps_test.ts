import assert from "node:assert/strict";
import type { InboundContent } from "../../../shared/whatsapp/mod.ts";
import {
  advance,
  cancelTrip,
  type Connection,
  openTrip,
  propose,
  sweep,
} from "../support/rides.ts";
import { letChatTimePass, runOut } from "./support/chat-clock.ts";
import { chatRide } from "./support/chat-ride.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import { onlineDrivers } from "./support/dispatch.ts";
import { commands, newPerson, type Person, tasksOf, writes } from "./support/people.ts";
import { answeredBy } from "./support/rpc.ts";
import { forgetSaid, kindsTo, saidTo } from "./support/said.ts";
import { message, newPhone, receive } from "./support/whatsapp.ts";
import { claimInbox, claimOutbox, failInbox, recordDeliveries, sendAll } from "./support/worker.ts";

const MINUTE = 60;
const DAY = 86_400;

interface Swept {
  readonly reminded_drivers: number;
  readonly reminded_passengers: number;
  readonly told_watchers: number;
  readonly forgotten: number;
}

async function sweepChat(sql: Connection): Promise<Swept> {
  return await answeredBy(sql`select public.sweep_chat() as answer`);
}

chatTest(
  "sweep_chat() asks a driver once for each position, and tells when hidden",
  async ({ sql }) => {
    const driver = await newPerson(sql);
    const { id: trip_id } = await openTrip(sql, "driver", {
      user_id: driver.user_id,
      expires_in_s: 14_400,
    });
    const passenger = await newPerson(sql);
    await openTrip(sql, "passenger", { user_id: passenger.user_id, expires_in_s: 14_400 });
    const reminded = async (): Promise<number> => {
      const { reminded_drivers } = await sweepChat(sql);
      assert.equal((await sweepChat(sql)).reminded_drivers, 0, "once");
      return reminded_drivers;
    };
    await letChatTimePass(sql, 19 * MINUTE);
    assert.equal(await reminded(), 0);
    await letChatTimePass(sql, 2 * MINUTE);
    assert.equal(await reminded(), 1);
    await letChatTimePass(sql, 10 * MINUTE);
    assert.equal(await reminded(), 1);
    assert.deepEqual(
      (await saidTo(sql, driver.user_id)).map(({ kind, params }) => [kind, params]),
      [
        ["stay_online", { trip_id }],
        ["hidden", { trip_id }],
      ],
    );
    const [row] = await sql`
    select extract(epoch from valid_until - now())::int as s from mobility.outbox
    where kind = 'hidden'`;
    assert.equal(row?.s, 10 * MINUTE, "later it is no news");
    await letChatTimePass(sql, 60 * MINUTE);
    assert.equal(await reminded(), 0);
    // With a new position it begins anew.
    await commands(sql, driver, { name: "stay_online", trip_id });
    await forgetSaid(sql);
    await letChatTimePass(sql, 21 * MINUTE);
    assert.equal(await reminded(), 1);
    assert.deepEqual(await kindsTo(sql, driver.user_id), ["stay_online"]);
    assert.deepEqual(await kindsTo(sql, passenger.user_id), [], "a passenger waits at the pickup");
  },
);

chatTest("sweep_chat() asks nobody who rides, is offline, or never wrote", async ({ sql }) => {
  const ride = await chatRide(sql, "accepted");
  const driver = await newPerson(sql);
  const { id } = await openTrip(sql, "driver", { user_id: driver.user_id });
  await cancelTrip(sql, { trip: id });
  await onlineDrivers(sql, 1);
  const booked = await newPerson(sql);
  await openTrip(sql, "driver", {
    user_id: booked.user_id,
    scheduled_for: new Date(Date.now() + 7_200_000).toISOString(),
  });
  await letChatTimePass(sql, 25 * MINUTE);
  assert.equal((await sweepChat(sql)).reminded_drivers, 0);
  assert.equal((await saidTo(sql, ride.driver.user_id)).length, 0);
});

chatTest("sweep_chat() comes to every driver, however many were asked before", async ({ sql }) => {
  const many = await onlineDrivers(sql, 520);
  await sql`
    insert into mobility.conversations (user_id)
    select unnest(${many.map(({ user_id }) => user_id)}::uuid[])`;
  await letChatTimePass(sql, 21 * MINUTE);
  assert.equal((await sweepChat(sql)).reminded_drivers, 500);
  assert.equal((await sweepChat(sql)).reminded_drivers, 20);
});

chatTest("sweep_chat() reminds of a booking once and starts its search", async ({ sql }) => {
  const person = await newPerson(sql);
  const at = new Date(Date.now() + 30 * MINUTE * 1000).toISOString();
  const { id } = await openTrip(sql, "passenger", { user_id: person.user_id, scheduled_for: at });
  const stranger = await openTrip(sql, "passenger", { scheduled_for: at });
  await letChatTimePass(sql, 14 * MINUTE);
  assert.equal((await sweepChat(sql)).reminded_passengers, 0);
  await letChatTimePass(sql, 2 * MINUTE);
  assert.equal((await sweepChat(sql)).reminded_passengers, 2);
  assert.equal((await sweepChat(sql)).reminded_passengers, 0);
  const [said] = await saidTo(sql, person.user_id);
  assert.deepEqual([said?.kind, said?.params.trip_id, said?.params.time_zone], [
    "scheduled_reminder",
    id,
    "Africa/Kigali",
  ]);
  assert.deepEqual(await tasksOf(sql, person.user_id), [{ task: "search", trip_id: id }]);
  assert.deepEqual(
    await tasksOf(sql, stranger.user_id),
    [],
    "who is not in chat is not searched for",
  );
});

chatTest("sweep_chat() does not remind of a booking that is over or taken", async ({ sql }) => {
  const at = new Date(Date.now() + 30 * MINUTE * 1000).toISOString();
  const people = [await newPerson(sql), await newPerson(sql), await newPerson(sql)];
  const [cancelled, taken, over] = await Promise.all(
    people.map(({ user_id }) =>
      openTrip(sql, "passenger", {
        user_id,
        scheduled_for: at,
        expires_in_s: user_id === people[2]?.user_id ? 1 : 1800,
      })
    ),
  );
  assert.ok(cancelled && taken && over);
  await cancelTrip(sql, { trip: cancelled.id });
  await letChatTimePass(sql, 16 * MINUTE);
  await propose(sql, { passenger: taken.id, driver: (await openTrip(sql, "driver")).id });
  await letChatTimePass(sql, 15 * MINUTE);
  await forgetSaid(sql);
  assert.equal((await sweepChat(sql)).reminded_passengers, 0);
});

/** A passenger who watches for somebody to be near; gives the trip. */
async function watches(sql: Connection, person: Person): Promise<string> {
  const { id } = await openTrip(sql, "passenger", { user_id: person.user_id });
  await commands(sql, person, { name: "watch", trip_id: id });
  await forgetSaid(sql);
  return id;
}

const watching = async (sql: Connection): Promise<number> =>
  (await sql`select from mobility.watches`).length;

chatTest("sweep_chat() tells a watcher once that somebody is near", async ({ sql }) => {
  const person = await newPerson(sql);
  const trip_id = await watches(sql, person);
  await onlineDrivers(sql, 1, { lat: -1.996 });
  await openTrip(sql, "driver", { vehicle_type: "cab" });
  assert.equal((await sweepChat(sql)).told_watchers, 0, "5.1 km, and a cab");
  assert.equal(await watching(sql), 1);
  await onlineDrivers(sql, 1, { lat: -1.994 });
  assert.equal((await sweepChat(sql)).told_watchers, 1);
  assert.deepEqual((await saidTo(sql, person.user_id)).map(({ kind, params }) => [kind, params]), [
    ["somebody_near", { trip_id, vehicle_type: "moto" }],
  ]);
  assert.equal(await watching(sql), 0);
  assert.equal((await sweepChat(sql)).told_watchers, 0);
});

chatTest("sweep_chat() does not take for near whom the search would not show", async ({ sql }) => {
  const person = await newPerson(sql);
  const trip_id = await watches(sql, person);
  const [blocked, refused] = await onlineDrivers(sql, 2);
  assert.ok(blocked && refused);
  await sql`insert into mobility.blocks values (${blocked.user_id}, ${person.user_id})`;
  const match = await propose(sql, { passenger: trip_id, driver: refused.trip_id });
  await advance(sql, { match: match.id, action: "decline" });
  // The person drives as well.
  await openTrip(sql, "driver", { user_id: person.user_id });
  assert.equal((await sweepChat(sql)).told_watchers, 0);
  assert.equal(await watching(sql), 1);
  await onlineDrivers(sql, 1, { lat: -1.96 });
  assert.equal((await sweepChat(sql)).told_watchers, 1);
});

chatTest("sweep_chat() forgets the watch of a trip that is over", async ({ sql }) => {
  const people = [await newPerson(sql), await newPerson(sql), await newPerson(sql)];
  const [cancelled = "", expired = ""] = await Promise.all(
    people.map((person) => watches(sql, person)),
  );
  assert.equal((await sweepChat(sql)).told_watchers, 0);
  assert.equal(await watching(sql), 3);
  await cancelTrip(sql, { trip: cancelled });
  await runOut(sql, [expired]);
  await onlineDrivers(sql, 1);
  assert.equal((await sweepChat(sql)).told_watchers, 1);
  assert.equal(await watching(sql), 0);
  assert.deepEqual(await kindsTo(sql, people[2]?.user_id ?? ""), ["somebody_near"]);
  assert.deepEqual(await kindsTo(sql, people[1]?.user_id ?? ""), []);
});

chatTest("sweep_chat() comes to every watcher, however many wait in vain", async ({ sql }) => {
  const far = await sql<{ id: string }[]>`
    select public.create_trip(null, gen_random_uuid(), 'passenger', 'moto', 5, 5) #>> '{trip,id}' as id
    from generate_series(1, 210)`;
  await sql`
    insert into mobility.watches (trip_id, created_at)
    select id, now() - interval '1 hour' from unnest(${far.map(({ id }) => id)}::uuid[]) id`;
  const person = await newPerson(sql);
  await watches(sql, person);
  await onlineDrivers(sql, 1);
  const told = [(await sweepChat(sql)).told_watchers, (await sweepChat(sql)).told_watchers];
  assert.equal(told.reduce((sum, count) => sum + count), 1);
});

chatTest("sweep_chat() forgets what people wrote after a day", async ({ sql }) => {
  const person = await newPerson(sql);
  const { phone } = person;
  const contents: InboundContent[] = [
    { kind: "text", text: "I am Aline" },
    { kind: "location", lat: -1.95, lng: 30.06, name: "Home" },
    { kind: "contacts", contacts: [{ name: "Sister", phone: newPhone() }] },
    { kind: "reply", id: "menu:ride", title: "Ride" },
  ];
  await receive(sql, { messages: contents.map((content) => message({ phone, content })) });
  await sql`
    update mobility.inbox set done_at = now() where content ->> 'kind' <> 'text' or content ->> 'text' like 'I am%'`;
  // What nobody has answered yet has to be read.
  await receive(sql, { messages: [message({ phone })] });
  const ride = await chatRide(sql, "accepted");
  await commands(sql, ride.passenger, {
    name: "relay",
    match_id: ride.match.id,
    text: "at the gate",
  });
  await commands(sql, ride.passenger, { name: "share_trip", match_id: ride.match.id });
  await sendAll(sql);
  await letChatTimePass(sql, DAY - 60);
  await sweepChat(sql);
  const words = async (): Promise<number[]> => {
    const [row] = await sql<{ inbox: number; outbox: number }[]>`
      select (select count(*)::int from mobility.inbox where content - 'kind' <> '{}' and done_at is not null)
          as inbox,
        (select count(*)::int from mobility.outbox where params - 'match_id' - 'trip_id' <> '{}') as outbox`;
    return [row?.inbox ?? -1, row?.outbox ?? -1];
  };
  const [inbox = 0, outbox = 0] = await words();
  assert.ok(inbox >= 4 && outbox >= 2);
  await letChatTimePass(sql, 120);
  await sweepChat(sql);
  assert.deepEqual(await words(), [0, 0]);
  const pending = await sql`select content from mobility.inbox where done_at is null`;
  assert.deepEqual(pending.map(({ content }) => content), [{ kind: "text", text: "hello" }]);
  await sql`delete from mobility.outbox`;
});

chatTest("sweep_chat() forgets what is over, each after its time", async ({ sql }) => {
  const ride = await chatRide(sql, "accepted");
  const person = await newPerson(sql);
  await sql`select mobility.say(${person.user_id}, 'welcome')`;
  await sendAll(sql);
  await receive(sql, {
    deliveries: ["a", "b"].map((body) => ({
      target: "v1",
      body_base64: btoa(body),
      headers: {},
    })),
  });
  const posts = await answeredBy<{ id: string; lease: string }[]>(
    sql`select public.claim_deliveries() as answer`,
  );
  await recordDeliveries(
    sql,
    posts.map(({ id, lease }, i) => ({ id, lease, outcome: i === 0 ? "sent" : "dead" })),
  );
  await sql`select mobility.make_trip_link(${ride.match.id}, 'guest', ${person.user_id})`;
  await openTrip(sql, "driver", { user_id: person.user_id });
  await letChatTimePass(sql, 21 * MINUTE);
  await sweepChat(sql);
  const left = async (): Promise<Record<string, number>> => {
    const [row] = await sql<Record<string, number>[]>`
      select (select count(*)::int from mobility.inbox where user_id = ${person.user_id}) as inbox,
        (select count(*)::int from mobility.outbox where kind = 'welcome') as outbox,
        (select count(*)::int from mobility.deliveries) as deliveries,
        (select count(*)::int from mobility.trip_links) as links,
        (select count(*)::int from mobility.reminders) as reminders`;
    return row ?? {};
  };
  const all = { inbox: 1, outbox: 1, deliveries: 2, links: 3, reminders: 1 };
  assert.deepEqual(await left(), all);
  const after = async (days: number, changes: Partial<typeof all>): Promise<void> => {
    await letChatTimePass(sql, days * DAY);
    await sweep(sql);
    await sweepChat(sql);
    assert.deepEqual(await left(), { ...all, ...changes }, `after ${days} more days`);
  };
  // The trip expired; the post that was taken need not be kept.
  await after(1, { reminders: 0, deliveries: 1 });
  await after(6.5, { reminders: 0, deliveries: 1 });
  await after(1, { reminders: 0, deliveries: 1, inbox: 0, links: 0 });
  await after(21, { reminders: 0, deliveries: 1, inbox: 0, links: 0 });
  await after(1, { reminders: 0, deliveries: 0, inbox: 0, links: 0, outbox: 0 });
});

chatTest("sweep_chat() never forgets what waits", async ({ sql }) => {
  const person = await newPerson(sql);
  await writes(sql, person);
  await sql`select mobility.say(${person.user_id}, 'welcome', '{}', null, 'infinity')`;
  await receive(sql, { deliveries: [{ target: "sos", body_base64: btoa("x"), headers: {} }] });
  await letChatTimePass(sql, 60 * DAY);
  await sweepChat(sql);
  assert.equal((await claimInbox(sql)).length, 1);
  assert.equal((await claimOutbox(sql)).length, 1);
  const [row] = await sql`select jsonb_array_length(public.claim_deliveries()) as posts`;
  assert.equal(row?.posts, 1);
});

chatTest("queue_depths() counts what waits, since when, and what was given up", async ({ sql }) => {
  const depths = async (): Promise<unknown> =>
    await answeredBy(sql`select public.queue_depths() as answer`);
  const none = { pending: 0, oldest_s: 0, dead: 0 };
  assert.deepEqual(await depths(), { inbox: none, outbox: none, deliveries: none });
  const person = await newPerson(sql);
  await sql`select mobility.say(${person.user_id}, 'welcome')`;
  await receive(sql, {
    messages: [message({ phone: person.phone })],
    deliveries: [{ target: "v1", body_base64: btoa("x"), headers: {} }],
  });
  await letChatTimePass(sql, 90);
  const one = { pending: 1, oldest_s: 90, dead: 0 };
  assert.deepEqual(await depths(), { inbox: one, outbox: one, deliveries: one });
  for (let attempt = 0; attempt < 5; attempt++) {
    const [claimed] = await claimInbox(sql);
    assert.ok(claimed);
    await failInbox(sql, claimed.event);
    await sql`update mobility.inbox set not_before = now()`;
  }
  await sql`update mobility.outbox set status = 'dead'`;
  await sql`update mobility.deliveries set status = 'dead'`;
  const dead = { pending: 0, oldest_s: 0, dead: 1 };
  assert.deepEqual(await depths(), {
    inbox: dead,
    outbox: { ...dead, dead: 2 },
    deliveries: dead,
  });
});

chatRace("sweep_chat() on 5 connections at once says each thing once", 6, async ({ sql }) => {
  for (let round = 0; round < 10; round++) {
    const drivers = await onlineDrivers(sql, 12, { lat: -2.5 });
    await sql`
      insert into mobility.conversations (user_id)
      select unnest(${drivers.map(({ user_id }) => user_id)}::uuid[])`;
    const person = await newPerson(sql);
    await openTrip(sql, "passenger", {
      user_id: person.user_id,
      scheduled_for: new Date(Date.now() + 30 * MINUTE * 1000).toISOString(),
    });
    await letChatTimePass(sql, 21 * MINUTE);
    const watcher = await newPerson(sql);
    await watches(sql, watcher);
    const near = await onlineDrivers(sql, 1);
    await forgetSaid(sql);
    await Promise.all(Array.from({ length: 5 }, () => sweepChat(sql)));
    await sweepChat(sql);
    for (const { user_id } of drivers) {
      assert.deepEqual(await kindsTo(sql, user_id), ["stay_online"]);
    }
    assert.deepEqual(await kindsTo(sql, person.user_id), ["scheduled_reminder"]);
    assert.equal((await tasksOf(sql, person.user_id)).length, 1);
    assert.deepEqual(await kindsTo(sql, watcher.user_id), ["somebody_near"]);
    for (const { trip_id: trip } of [...drivers, ...near]) await cancelTrip(sql, { trip });
  }
});
