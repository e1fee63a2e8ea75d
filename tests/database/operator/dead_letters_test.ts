import assert from "node:assert/strict";
import { chatTest } from "../chat/support/chat-test.ts";
import { newPerson, type Person, writes } from "../chat/support/people.ts";
import {
  claimDeliveries,
  claimInbox,
  claimOutbox,
  failInbox,
  recordDeliveries,
  recordOutbox,
} from "../chat/support/worker.ts";
import { codeOf } from "../support/outcome.ts";
import type { Connection } from "../support/rides.ts";
import {
  actionsOf,
  dropBy,
  type Letter,
  lettersFor,
  newOperator,
  operatorSnapshot,
  retryBy,
} from "./support/operator.ts";

/** A message that WhatsApp refused for good. */
async function deadMessage(sql: Connection, to: Person): Promise<Letter> {
  await sql`select mobility.say(${to.user_id}, 'relayed', '{"from_role": "driver", "text": "Secret words"}')`;
  const [claimed] = await claimOutbox(sql);
  assert.ok(claimed);
  const { id, lease } = claimed;
  await recordOutbox(sql, [{
    id,
    lease,
    outcome: "dead",
    error_code: 131026,
    error_detail: "Message undeliverable",
  }]);
  return { queue: "outbox", id };
}

/** A post that nobody took. */
async function deadPost(sql: Connection): Promise<Letter> {
  await sql`insert into mobility.deliveries (target, body) values ('sos', 'secret body')`;
  const [claimed] = await claimDeliveries(sql);
  assert.ok(claimed);
  const { id, lease } = claimed;
  await recordDeliveries(sql, [{ id, lease, outcome: "dead", error_detail: "HTTP 500" }]);
  return { queue: "deliveries", id };
}

/** A message of a person's that could not be answered. */
async function deadEvent(sql: Connection, from: Person): Promise<Letter> {
  const event = await writes(sql, from, "secret question");
  await sql`update mobility.inbox set attempts = 5 where id = ${event.id}`;
  assert.deepEqual(await failInbox(sql, event, "DATABASE_ERROR"), { dead: true });
  await sql`delete from mobility.outbox where user_id = ${from.user_id}`;
  return { queue: "inbox", id: String(event.id) };
}

/** One of each queue. */
async function dead(sql: Connection): Promise<Letter[]> {
  const aline = await newPerson(sql, "Aline");
  return [await deadEvent(sql, aline), await deadMessage(sql, aline), await deadPost(sql)];
}

chatTest(
  "operator_dead_letters() tells what was given up and why, and not what it says",
  async ({ sql }) => {
    const letters = await dead(sql);
    const listed = await lettersFor(sql, await newOperator(sql));
    assert.deepEqual(
      listed.map(({ queue, id }) => ({ queue, id })).sort((a, b) => a.queue < b.queue ? 1 : -1),
      [letters[1], letters[0], letters[2]],
    );
    const [event, message, post] = ["inbox", "outbox", "deliveries"].map((queue) =>
      listed.find((letter) => letter.queue === queue)
    );
    assert.deepEqual([event?.kind, event?.to, event?.error_code], [
      "text",
      "Aline",
      "DATABASE_ERROR",
    ]);
    assert.deepEqual([message?.kind, message?.to, message?.error_code, message?.error_detail], [
      "relayed",
      "Aline",
      "131026",
      "Message undeliverable",
    ]);
    assert.deepEqual([post?.kind, post?.to, post?.error_detail, post?.attempts], [
      "sos",
      null,
      "HTTP 500",
      1,
    ]);
    assert.doesNotMatch(JSON.stringify(listed), /secret/i);
  },
);

chatTest(
  "retry_dead_letter() gives each queue's letter to the next worker, with all its attempts",
  async ({ sql }) => {
    const operator = await newOperator(sql, "Claire");
    const [event, message, post] = await dead(sql);
    assert.ok(event && message && post);
    for (const letter of [event, message, post]) await retryBy(sql, operator, letter);
    assert.deepEqual(await lettersFor(sql, operator), []);
    const [claimedEvent] = await claimInbox(sql);
    assert.deepEqual([claimedEvent?.event.id, claimedEvent?.event.attempts], [Number(event.id), 0]);
    const [claimedMessage] = await claimOutbox(sql);
    assert.deepEqual([claimedMessage?.id, claimedMessage?.attempts], [message.id, 0]);
    const [claimedPost] = await claimDeliveries(sql);
    assert.deepEqual([claimedPost?.id, claimedPost?.attempts], [post.id, 0]);
    assert.deepEqual(await actionsOf(sql, `outbox:${message.id}`), [
      { action: "retry_dead_letter", operator_name: "Claire", reason: null },
    ]);
  },
);

chatTest(
  "a message that is retried is sent, whatever is still told of its first attempt",
  async ({ sql }) => {
    const letter = await deadMessage(sql, await newPerson(sql));
    await sql`update mobility.outbox set message_id = 'wamid.first' where id = ${letter.id}`;
    await retryBy(sql, null, letter);
    await sql`select mobility.apply_statuses(${
      JSON.stringify([{
        message_id: "wamid.first",
        outbox_id: letter.id,
        status: "failed",
        at: new Date().toISOString(),
        error_code: 131026,
      }])
    }::text::jsonb)`;
    const [claimed] = await claimOutbox(sql);
    assert.equal(claimed?.id, letter.id);
    await recordOutbox(sql, [{
      id: letter.id,
      lease: claimed.lease,
      outcome: "sent",
      message_id: "wamid.second",
    }]);
    const [row] = await sql`select status, message_id from mobility.outbox where id = ${letter.id}`;
    assert.deepEqual(row, { status: "sent", message_id: "wamid.second" });
  },
);

chatTest("drop_dead_letter() takes each queue's letter off the list for good", async ({ sql }) => {
  const letters = await dead(sql);
  for (const letter of letters) await dropBy(sql, null, letter);
  assert.deepEqual(await lettersFor(sql, null), []);
  assert.deepEqual(await claimInbox(sql), []);
  assert.deepEqual(await claimOutbox(sql), []);
  assert.deepEqual(await claimDeliveries(sql), []);
  for (const letter of letters) {
    assert.equal(await codeOf(retryBy(sql, null, letter)), "DEAD_LETTER_NOT_FOUND");
    assert.equal(await codeOf(dropBy(sql, null, letter)), "DEAD_LETTER_NOT_FOUND");
  }
});

chatTest(
  "what is not worth sending any more, or was forgotten, is not retried",
  async ({ sql }) => {
    const aline = await newPerson(sql);
    const [event, message] = [await deadEvent(sql, aline), await deadMessage(sql, aline)];
    await sql`update mobility.outbox set valid_until = now() where id = ${message.id}`;
    await sql`update mobility.inbox set content = '{"kind": "text"}' where id = ${event.id}`;
    assert.deepEqual((await lettersFor(sql, null)).map((letter) => letter.is_expired), [
      true,
      true,
    ]);
    const before = await operatorSnapshot(sql);
    assert.equal(await codeOf(retryBy(sql, null, message)), "DEAD_LETTER_EXPIRED");
    assert.equal(await codeOf(retryBy(sql, null, event)), "DEAD_LETTER_EXPIRED");
    assert.equal(await operatorSnapshot(sql), before);
    for (const letter of [event, message]) await dropBy(sql, null, letter);
  },
);

chatTest(
  "ids of another queue, and what is no id at all, are DEAD_LETTER_NOT_FOUND",
  async ({ sql }) => {
    const [event, message, post] = await dead(sql);
    assert.ok(event && message && post);
    const before = await operatorSnapshot(sql);
    for (
      const letter of [
        { queue: "outbox", id: post.id },
        { queue: "deliveries", id: message.id },
        { queue: "inbox", id: message.id },
        { queue: "outbox", id: event.id },
        { queue: "outbox", id: "'; drop table" },
        { queue: "inbox", id: "99999999999999999999999999" },
        { queue: "profiles", id: message.id },
      ]
    ) {
      assert.equal(await codeOf(retryBy(sql, null, letter)), "DEAD_LETTER_NOT_FOUND");
      assert.equal(await codeOf(dropBy(sql, null, letter)), "DEAD_LETTER_NOT_FOUND");
    }
    assert.equal(await operatorSnapshot(sql), before);
  },
);
