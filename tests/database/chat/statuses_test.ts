import assert from "node:assert/strict";
import type { InboundStatus } from "../../../shared/whatsapp/mod.ts";
import type { Connection } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatTest } from "./support/chat-test.ts";
import { newPerson } from "./support/people.ts";
import { permutations, selections } from "./support/permutations.ts";
import { asJson } from "./support/rpc.ts";
import { receive, status } from "./support/whatsapp.ts";
import { claimOutbox, recordOutbox } from "./support/worker.ts";

type Status = InboundStatus["status"];

interface Row {
  readonly status: string;
  readonly as_template: boolean;
  readonly attempts: number;
  readonly message_id: string | null;
  readonly wait_s: number;
}

async function row(sql: Connection, id: string): Promise<Row> {
  const [found] = await sql<Row[]>`
    select status, as_template, attempts, message_id,
      greatest(0, extract(epoch from not_before - now()))::int as wait_s
    from mobility.outbox where id = ${id}`;
  assert.ok(found);
  return found;
}

/** One message to somebody new, claimed; recorded as sent when it is given an id. */
async function claimedOne(
  sql: Connection,
  sentAs?: string,
): Promise<{ id: string; lease: string }> {
  const person = await newPerson(sql);
  await sql`select mobility.say(${person.user_id}, 'welcome')`;
  const [claimed] = await claimOutbox(sql);
  assert.ok(claimed);
  const { id, lease } = claimed;
  if (sentAs !== undefined) {
    await recordOutbox(sql, [{ id, lease, outcome: "sent", message_id: sentAs }]);
  }
  return { id, lease };
}

/** What a message is in the end, whatever the order in which its statuses came. */
function inTheEnd(statuses: readonly Status[]): string {
  if (statuses.includes("read")) return "read";
  if (statuses.includes("delivered")) return "delivered";
  return statuses.includes("failed") ? "dead" : "sent";
}

chatTest(
  "receive_whatsapp(): statuses twice and in any order end the same and never go back",
  async ({ sql }) => {
    const { user_id } = await newPerson(sql);
    const orders = selections<Status>(["sent", "delivered", "read", "failed"])
      .flatMap((chosen) => permutations([...chosen, ...chosen]));
    assert.ok(orders.length > 2520);
    // Every other one was recorded as sent before its statuses.
    const rows = orders.map((order, i) => ({
      order,
      recorded: i % 2 === 0,
      id: crypto.randomUUID(),
      message_id: `wamid.${i}`,
    }));
    await sql`
      insert into mobility.outbox (id, user_id, kind, attempts, status, message_id)
      select id, ${user_id}, 'welcome', 1, case when recorded then 'sent' else 'queued' end,
        case when recorded then message_id end
      from jsonb_to_recordset(${asJson(rows)}::text::jsonb)
        r (id uuid, message_id text, recorded boolean)`;
    const RANK = ["queued", "sent", "dead", "delivered", "read"];
    let ranks = new Map<string, number>(rows.map(({ id }) => [id, 0]));
    for (let step = 0; step < 8; step++) {
      const statuses = rows.flatMap(({ id, message_id, order, recorded }) => {
        const next = order[step];
        if (next === undefined) return [];
        // What we sent is found by the id that we gave it, and by WhatsApp's when that is lost.
        const outbox_id = recorded && step % 2 === 0 ? null : id;
        return [status({ message_id, outbox_id, status: next, error_code: 131026 })];
      });
      await receive(sql, { statuses });
      const now = await sql<{ id: string; status: string }[]>`
        select id, status from mobility.outbox`;
      const reached = new Map(now.map(({ id, status }) => [id, RANK.indexOf(status)]));
      for (const { id, order } of rows) {
        assert.ok(
          (reached.get(id) ?? -1) >= (ranks.get(id) ?? 0),
          `${order} went back at step ${step}`,
        );
      }
      ranks = reached;
    }
    for (const { id, order } of rows) {
      assert.equal(RANK[ranks.get(id) ?? -1], inTheEnd(order), order.join(" "));
    }
    const times = await sql`
      select from mobility.outbox where status in ('delivered', 'read') and delivered_at is null
        or status = 'read' and read_at is null or status <> 'dead' and message_id is null`;
    assert.equal(times.length, 0, "whatever was read was delivered");
  },
);

chatTest(
  "receive_whatsapp(): a message out of its window goes out once more, as a template",
  async ({ sql }) => {
    const failed = (message_id: string, outbox_id: string): InboundStatus =>
      status({ message_id, outbox_id, status: "failed", error_code: 131047, error_detail: "x" });
    // The failure may be known before the sending is recorded, be told twice, and "sent" come after it.
    for (const recordedFirst of [true, false]) {
      const { id, lease } = await claimedOne(sql);
      const record = (): Promise<unknown> =>
        recordOutbox(sql, [{ id, lease, outcome: "sent", message_id: "wamid.1" }]);
      if (recordedFirst) await record();
      await receive(sql, { statuses: [failed("wamid.1", id)] });
      if (!recordedFirst) await record();
      await receive(sql, {
        statuses: [
          failed("wamid.1", id),
          status({ message_id: "wamid.1", outbox_id: id, status: "sent" }),
        ],
      });
      assert.deepEqual(await row(sql, id), {
        status: "queued",
        as_template: true,
        attempts: 1,
        message_id: null,
        wait_s: 0,
      });

      const [again] = await claimOutbox(sql);
      assert.deepEqual([again?.id, again?.window_open, again?.attempts], [id, false, 1]);
      await recordOutbox(sql, [
        { id, lease: again?.lease ?? "", outcome: "sent", message_id: "wamid.2" },
      ]);
      // The first one's failure once more is nothing to the second.
      await receive(sql, { statuses: [failed("wamid.1", id)] });
      assert.equal((await row(sql, id)).status, "sent");
      await receive(sql, { statuses: [failed("wamid.2", id)] });
      assert.equal((await row(sql, id)).status, "dead", "there is no third way");
      await sql`delete from mobility.outbox`;
    }
  },
);

chatTest("receive_whatsapp(): what may go through later is tried later", async ({ sql }) => {
  for (
    const [error_code, wait_s] of [[130429, 30], [131048, 30], [131056, 60], [131000, 10]] as const
  ) {
    const { id } = await claimedOne(sql, `wamid.${error_code}`);
    const failure = status({
      message_id: `wamid.${error_code}`,
      outbox_id: id,
      status: "failed",
      error_code,
    });
    await receive(sql, { statuses: [failure, failure] });
    assert.deepEqual(await row(sql, id), {
      status: "queued",
      as_template: false,
      attempts: 1,
      message_id: null,
      wait_s,
    });
    assert.deepEqual(await claimOutbox(sql), []);
    await letChatTimePass(sql, wait_s);
    const [again] = await claimOutbox(sql);
    assert.deepEqual([again?.id, again?.window_open], [id, true]);
    await sql`delete from mobility.outbox`;
  }
  // Not for ever.
  const { id } = await claimedOne(sql, "wamid.last");
  await sql`update mobility.outbox set attempts = 10`;
  await receive(sql, {
    statuses: [status({ message_id: "wamid.last", status: "failed", error_code: 130429 })],
  });
  assert.equal((await row(sql, id)).status, "dead");
});

chatTest("receive_whatsapp(): a failure without remedy is the end", async ({ sql }) => {
  for (const error_code of [131026, 131051, 470, null]) {
    const { id } = await claimedOne(sql, "wamid.dead");
    const error_detail = "d".repeat(600);
    await receive(sql, {
      statuses: [status({ message_id: "wamid.dead", status: "failed", error_code, error_detail })],
    });
    const [dead] = await sql`
      select status, error_code, char_length(error_detail) as detail from mobility.outbox
      where id = ${id}`;
    assert.deepEqual(dead, { status: "dead", error_code, detail: 500 });
    await sql`delete from mobility.outbox`;
  }
});

chatTest(
  "receive_whatsapp(): a status tells of a message that was never recorded as sent",
  async ({ sql }) => {
    const { id, lease } = await claimedOne(sql);
    const told = status({ message_id: "wamid.x", outbox_id: id, status: "sent" });
    assert.equal((await receive(sql, { statuses: [told] })).statuses, 1);
    assert.deepEqual(await row(sql, id), {
      status: "sent",
      as_template: false,
      attempts: 1,
      message_id: "wamid.x",
      wait_s: 0,
    });
    assert.equal((await receive(sql, { statuses: [told] })).statuses, 0, "told before");
    await letChatTimePass(sql, 600);
    assert.deepEqual(await claimOutbox(sql), []);
    // The worker's own late result, and what it thought, change nothing.
    await recordOutbox(sql, [{ id, lease, outcome: "unknown", error_detail: "no answer" }]);
    await recordOutbox(sql, [{ id, lease, outcome: "dead", error_detail: "no answer" }]);
    await recordOutbox(sql, [{ id, lease, outcome: "sent", message_id: "wamid.x" }]);
    assert.deepEqual([(await row(sql, id)).status, (await row(sql, id)).message_id], [
      "sent",
      "wamid.x",
    ]);
  },
);

chatTest(
  "receive_whatsapp(): a status tells what became of a message that was given up",
  async ({ sql }) => {
    for (const before of ["expired", "withdrawn", "dead"]) {
      const { id } = await claimedOne(sql);
      await sql`update mobility.outbox set status = ${before}, lease = null where id = ${id}`;
      await receive(sql, {
        statuses: [status({ message_id: `wamid.${before}`, outbox_id: id, status: "delivered" })],
      });
      assert.equal((await row(sql, id)).status, "delivered", before);
      await sql`delete from mobility.outbox`;
    }
  },
);

chatTest(
  "receive_whatsapp(): statuses of other senders' messages are nobody's",
  async ({ sql }) => {
    const { id } = await claimedOne(sql, "wamid.ours");
    const before = await row(sql, id);
    const counted = await receive(sql, {
      statuses: [
        status({ message_id: "wamid.theirs", status: "failed", error_code: 131026 }),
        status({ message_id: "wamid.theirs", outbox_id: crypto.randomUUID(), status: "read" }),
      ],
    });
    assert.equal(counted.statuses, 0);
    assert.deepEqual(await row(sql, id), before);
  },
);
