import assert from "node:assert/strict";
import type { PhoneContent } from "../../../scripts/stack/graph/phone-content.ts";
import { toWireId } from "../../../shared/whatsapp/mod.ts";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Deliver, Phone } from "../../support/chat/phone.ts";
import { rideInChat } from "../../support/chat/rides.ts";
import {
  messageOf,
  metaBody,
  type MetaMessage,
  type MetaStatus,
  postWebhook,
} from "../../support/chat/webhook-post.ts";
import { newSpot } from "../../support/stack-people.ts";

const TIMES = 10;
/** Everything that a passenger does to ask for a ride. */
const WISH: readonly PhoneContent[] = [
  { kind: "text", text: "Hello" },
  { kind: "reply", id: toWireId("menu:ride"), title: "Get a ride" },
  { kind: "reply", id: toWireId("veh:passenger:moto"), title: "Moto" },
  { kind: "location", ...newSpot() },
  { kind: "reply", id: toWireId("drop:skip"), title: "Skip" },
];

/** At least once, in any order, in batches: how Meta delivers. */
export function deliverySuite({ test }: ChatSuite): void {
  test("every webhook of a ride 10 times at once, old ones among them: one ride, one set of replies", async (world) => {
    const passenger = world.phone({}, tenTimes(world));
    const driver = world.phone({}, tenTimes(world));
    const { matchId } = await rideInChat(world, "completed", { passenger, driver });
    await passenger.tap("rate:");
    await passenger.receive("rated");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
    const [row] = await world.sql`
      select (select count(*)::integer from mobility.matches where passenger_user_id = m.passenger_user_id) as matches,
        (select count(*)::integer from mobility.trips where user_id = m.passenger_user_id) as wishes,
        (select count(*)::integer from mobility.inbox where user_id = m.passenger_user_id
          and content ->> 'kind' <> 'task') as messages
      from mobility.matches m where m.id = ${matchId}`;
    // Hello, menu, vehicle, two pins, the driver, the stars.
    assert.deepEqual({ ...row }, { matches: 1, wishes: 1, messages: 7 });
  });

  test("a whole flow at once, shuffled and 10 times each: every message is answered once", async (world) => {
    const people = Array.from({ length: 4 }, () => world.phone());
    const bodies = people.flatMap((phone) => inOrder(phone, WISH)).map((item) => metaBody(item));
    const posts = shuffled(Array.from({ length: TIMES }, () => bodies).flat());
    const answers = await Promise.all(posts.map((bytes) => postWebhook(world, bytes)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    await world.settle();
    for (const phone of people) {
      const [row] = await world.sql`
        select count(*)::integer as messages, count(i.done_at)::integer as done,
          count(i.error_code)::integer as failed,
          (select count(*)::integer from mobility.trips t where t.user_id = p.user_id and t.status = 'open') as open
        from mobility.profiles p join mobility.inbox i on i.user_id = p.user_id and i.content ->> 'kind' <> 'task'
        where p.whatsapp_user_id = ${phone.identity.whatsapp_user_id} group by p.user_id`;
      assert.ok(row?.["open"] <= 1, "at most one wish");
      assert.deepEqual({ ...row, open: 0 }, { messages: 5, done: 5, failed: 0, open: 0 });
    }
  });

  test("a batch is answered in the order in which it was written", async (world) => {
    const phone = world.phone();
    const { status } = await postWebhook(world, metaBody(...inOrder(phone, WISH).toReversed()));
    assert.equal(status, 200);
    await phone.receive("welcome", "choose_vehicle", "ask_pickup", "ask_dropoff", "nobody_near");
    await phone.assertQuiet();
  });

  test("a batch of many people and statuses is taken apart", async (world) => {
    const people = Array.from({ length: 20 }, () => world.phone());
    const greetings = people.map(({ identity }) =>
      messageOf(identity, { kind: "text", text: "Hello" })
    );
    const unknown: MetaStatus[] = people.map(({ identity }) => ({
      to: identity,
      message_id: `wamid.test.${crypto.randomUUID()}`,
      status: "delivered",
      callbackData: `outbox:${crypto.randomUUID()}`,
    }));
    await postWebhook(world, metaBody(...shuffled([...greetings, ...unknown])));
    for (const phone of people) {
      await phone.receive("welcome");
      await phone.assertQuiet();
    }
  });

  test("statuses come late, twice and out of order, and never move a message backwards", async (world) => {
    const phone = world.phone();
    await phone.write("Hello");
    const { outbox_id, message_id } = await phone.receive("welcome");
    await world.settle();
    const about = { to: phone.identity, message_id, callbackData: `outbox:${outbox_id}` };
    const post = (...statuses: MetaStatus["status"][]): Promise<unknown> =>
      Promise.all(statuses.map((status) => postWebhook(world, metaBody({ ...about, status }))));
    const state = async (): Promise<unknown> => {
      const [row] = await world.sql`
        select status, sent_at is not null as sent, delivered_at is not null as delivered,
          read_at is not null as read from mobility.outbox where id = ${outbox_id}`;
      return { ...row };
    };
    assert.deepEqual(await state(), { status: "sent", sent: true, delivered: false, read: false });
    await post("read", "read");
    const read = { status: "read", sent: true, delivered: true, read: true };
    assert.deepEqual(await state(), read, "what was read was delivered");
    await post("delivered", "sent", "delivered");
    assert.deepEqual(await state(), read);
    await postWebhook(world, metaBody({ ...about, status: "failed", errorCode: 131026 }));
    assert.deepEqual(await state(), read, "what was read has not failed");
    await phone.assertQuiet();
  });
}

/** Delivers everything ten times at once, with a few old webhooks of the same person among them. */
function tenTimes(world: ChatWorld): Deliver {
  const old: Uint8Array[] = [];
  return async ({ from, content }) => {
    const bytes = metaBody(messageOf(from, content));
    const posts = shuffled([...Array.from({ length: TIMES }, () => bytes), ...old.slice(-5)]);
    old.push(bytes);
    const answers = await Promise.all(posts.map((body) => postWebhook(world, body)));
    return answers.find(({ status }) => status !== 200)?.status ?? 200;
  };
}

/** Messages of one person, a second apart. */
function inOrder({ identity }: Phone, contents: readonly PhoneContent[]): MetaMessage[] {
  const now = Date.now();
  return contents.map((content, index) => ({
    ...messageOf(identity, content),
    at: new Date(now - 1000 * (contents.length - index)),
  }));
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
