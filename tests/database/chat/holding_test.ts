import assert from "node:assert/strict";
import type { InboundMessage } from "../../../shared/whatsapp/mod.ts";
import { advance, type Connection, openTrip } from "../support/rides.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import { chatRide } from "./support/chat-ride.ts";
import { dispatchTrip, onlineDrivers } from "./support/dispatch.ts";
import { isAnswered, newPerson, type Person, writes } from "./support/people.ts";
import { answeredBy, asJson } from "./support/rpc.ts";
import { message, newPhone, newWhatsappId, type Received } from "./support/whatsapp.ts";
import { answerInbox } from "./support/worker.ts";

/** What receive_whatsapp answers beside a V1. */
type Division = Partial<Received> & { readonly here?: string[]; readonly there?: string[] };

/** A webhook of which these messages are meant for V2 and those for V1. */
async function divide(
  sql: Connection,
  { here = [], there = [] }: { here?: InboundMessage[]; there?: InboundMessage[] },
): Promise<Division> {
  const body_base64 = btoa("theirs");
  const deliveries = there.length === 0 ? [] : [{ target: "v1", body_base64, headers: {} }];
  return await answeredBy<Division>(sql`
    select public.receive_whatsapp(${asJson(here)}::text::jsonb, '[]',
      ${asJson(deliveries)}::text::jsonb, ${asJson(there)}::text::jsonb) as answer`);
}

/** How many messages are stored here, and how many posts for V1. */
async function stored(sql: Connection): Promise<number[]> {
  const [row] = await sql<{ inbox: number; posts: number }[]>`
    select (select count(*)::integer from mobility.inbox) as inbox,
      (select count(*)::integer from mobility.deliveries) as posts`;
  return [row?.inbox ?? NaN, row?.posts ?? NaN];
}

/** Whether a text that is meant for V1 is V2's. */
async function isHeld(sql: Connection, userId: string): Promise<boolean> {
  const [row] = await sql<{ held: boolean }[]>`select mobility.is_held(${userId}) as held`;
  return row?.held ?? false;
}

function said({ phone, whatsapp_user_id }: Person): InboundMessage {
  return message({ phone, whatsapp_user_id });
}

chatTest(
  "receive_whatsapp() hands over whom nothing holds, and remembers the message",
  async ({ sql }) => {
    const stranger = message({ phone: newPhone(), whatsapp_user_id: newWhatsappId() });
    const known = said(await newPerson(sql));
    for (const text of [stranger, known]) {
      const before = await stored(sql);
      assert.deepEqual(await divide(sql, { there: [text] }), {
        stored: 0,
        duplicates: 0,
        statuses: 0,
      });
      const [inbox = NaN, posts = NaN] = before;
      assert.deepEqual(await stored(sql), [inbox, posts + 1]);
    }
    const rows = await sql<{ message_id: string }[]>`
      select message_id from mobility.handed_over order by at`;
    assert.deepEqual(rows.map(({ message_id }) => message_id), [
      stranger.message_id,
      known.message_id,
    ]);
  },
);

chatTest(
  "receive_whatsapp() claims the messages of whom V2 holds, by number alone too, and does nothing else",
  async ({ sql }) => {
    const { driver, passenger } = await chatRide(sql, "driver_arrived");
    const pin = said(driver);
    const byNumber = { ...said(passenger), whatsapp_user_id: null };
    const other = message({ phone: newPhone() });
    const before = await stored(sql);
    assert.deepEqual(await divide(sql, { there: [pin, other, byNumber] }), {
      here: [pin.message_id, byNumber.message_id],
      there: [],
    });
    assert.deepEqual(await stored(sql), before);
    assert.deepEqual([...await sql`select from mobility.handed_over`], []);
    const again = await divide(sql, { here: [pin, byNumber], there: [other] });
    assert.equal(again.stored, 2);
  },
);

chatTest(
  "receive_whatsapp() gives what comes again to who had it, whatever the share is by now",
  async ({ sql }) => {
    const [mine, theirs] = [newPhone(), newPhone()].map((phone) => message({ phone }));
    assert.ok(mine && theirs);
    await divide(sql, { here: [mine], there: [theirs] });
    // Answered, so that nothing else holds the person.
    await sql`update mobility.inbox set done_at = now()`;
    assert.deepEqual(await divide(sql, { here: [theirs], there: [mine] }), {
      here: [mine.message_id],
      there: [theirs.message_id],
    });
    assert.equal((await divide(sql, { here: [mine], there: [theirs] })).duplicates, 1);
  },
);

chatRace(
  "the same message at once for V2 and for V1 is given to one of them",
  8,
  async ({ sql }) => {
    for (let round = 0; round < 40; round++) {
      const sent = message({ phone: newPhone() });
      const answers = await Promise.all(
        Array.from(
          { length: 8 },
          (_, index) => divide(sql, index % 2 === 0 ? { here: [sent] } : { there: [sent] }),
        ),
      );
      const [row] = await sql<{ here: boolean; there: boolean }[]>`
        select exists (select from mobility.inbox where message_id = ${sent.message_id}) as here,
          exists (select from mobility.handed_over where message_id = ${sent.message_id}) as there`;
      assert.notEqual(row?.here, row?.there, "exactly one side has it");
      const moved = answers.filter((answer) => answer.here !== undefined);
      assert.equal(moved.length, 4, "who meant it for the other side is told so");
    }
  },
);

chatTest("is_held() from the message until its answer", async ({ sql }) => {
  const person = await newPerson(sql);
  assert.equal(await isHeld(sql, person.user_id), false);
  const event = await writes(sql, person);
  assert.equal(await isHeld(sql, person.user_id), true);
  await answerInbox(sql, event);
  assert.equal(await isHeld(sql, person.user_id), false);
});

chatTest("is_held() both sides of a ride until it ends, after a rollback too", async ({ sql }) => {
  for (const percent of [10, 0]) {
    await sql`select public.set_rollout(${percent})`;
    const { passenger, driver, match, pin } = await chatRide(sql, "pending");
    for (const action of ["accept", "arrive", "start", "complete"]) {
      for (const { user_id } of [passenger, driver]) {
        assert.equal(await isHeld(sql, user_id), true, `before ${action} at ${percent}%`);
      }
      await advance(sql, { match: match.id, action, pin });
    }
    for (const { user_id } of [passenger, driver]) assert.equal(await isHeld(sql, user_id), false);
  }
  await sql`select public.set_rollout(100)`;
});

chatTest("is_held() who is offered a ride, and for whom one is looked", async ({ sql }) => {
  const drivers = await onlineDrivers(sql, 2);
  const passenger = await newPerson(sql);
  const trip = await openTrip(sql, "passenger", { user_id: passenger.user_id });
  const [asked, idle] = drivers;
  assert.ok(asked && idle);
  assert.equal(await isHeld(sql, passenger.user_id), false, "an open wish can begin anew");
  await dispatchTrip(sql, { trip: trip.id, drivers, batch_size: 1 });
  assert.deepEqual(
    await Promise.all([passenger, asked, idle].map(({ user_id }) => isHeld(sql, user_id))),
    [true, true, false],
  );
  // Nobody has swept it yet, and it cannot be accepted any more.
  await sql`update mobility.offers set created_at = now() - interval '1 minute', expires_at = now()`;
  assert.equal(await isHeld(sql, asked.user_id), false);
});

chatTest(
  "is_held() who was asked something, for a quarter of an hour and not after a rollback",
  async ({ sql }) => {
    const person = await newPerson(sql);
    await isAnswered(sql, person, { step: "pickup" });
    assert.equal(await isHeld(sql, person.user_id), true);
    await sql`select public.set_rollout(0)`;
    assert.equal(await isHeld(sql, person.user_id), false);
    await sql`select public.set_rollout(10)`;
    await sql`update mobility.conversations set last_inbound_at = now() - interval '16 minutes'`;
    assert.equal(await isHeld(sql, person.user_id), false);
    await isAnswered(sql, person, { step: "pin" });
    assert.equal(await isHeld(sql, person.user_id), false, "the ride holds, not its question");
    await sql`select public.set_rollout(100)`;
  },
);
