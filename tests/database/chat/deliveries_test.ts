import assert from "node:assert/strict";
import type { Connection } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import { receive } from "./support/whatsapp.ts";
import { claimDeliveries, recordDeliveries } from "./support/worker.ts";

/** Queues so many posts whose bodies are their numbers. */
async function queue(sql: Connection, count: number): Promise<void> {
  await receive(sql, {
    deliveries: Array.from({ length: count }, (_, i) => ({
      target: "v1",
      body_base64: btoa(`${i}`),
      headers: {},
    })),
  });
}

async function statuses(sql: Connection): Promise<string[]> {
  const rows = await sql<{ status: string }[]>`
    select status from mobility.deliveries order by convert_from(body, 'UTF8')::int`;
  return rows.map(({ status }) => status);
}

chatTest("claim_deliveries() leases, and leases again what nobody recorded", async ({ sql }) => {
  await queue(sql, 3);
  const first = await claimDeliveries(sql, { limit: 2, lease_s: 40 });
  assert.deepEqual(first.map(({ attempts }) => attempts), [0, 0]);
  assert.equal((await claimDeliveries(sql)).length, 1);
  await letChatTimePass(sql, 39);
  assert.deepEqual(await claimDeliveries(sql), []);
  await letChatTimePass(sql, 1);
  const again = await claimDeliveries(sql, { limit: 2 });
  assert.deepEqual(again.map(({ id }) => id).sort(), first.map(({ id }) => id).sort());
  assert.deepEqual(again.map(({ attempts }) => attempts), [1, 1]);
  // What a lost lease brings changes nothing.
  const late = first.map(({ id, lease }) => ({ id, lease, outcome: "dead" as const }));
  assert.deepEqual(await recordDeliveries(sql, late), { recorded: 0 });
  assert.deepEqual(await statuses(sql), ["queued", "queued", "queued"]);
});

chatTest("record_deliveries() puts each outcome into effect", async ({ sql }) => {
  await queue(sql, 3);
  const claimed = await claimDeliveries(sql);
  const by = new Map(claimed.map((delivery) => [atob(delivery.body_base64), delivery]));
  const result = (body: string): { id: string; lease: string } => ({
    id: by.get(body)?.id ?? "",
    lease: by.get(body)?.lease ?? "",
  });
  const recorded = await recordDeliveries(sql, [
    { ...result("0"), outcome: "sent" },
    { ...result("1"), outcome: "retry", error_detail: "HTTP 500", retry_after_s: 12.5 },
    { ...result("2"), outcome: "dead", error_detail: "no hook configured" },
  ]);
  assert.deepEqual(recorded, { recorded: 3 });
  assert.deepEqual(await statuses(sql), ["sent", "queued", "dead"]);
  await letChatTimePass(sql, 12);
  assert.deepEqual(await claimDeliveries(sql), []);
  await letChatTimePass(sql, 1);
  const [again] = await claimDeliveries(sql);
  assert.deepEqual([again?.id, again?.attempts], [result("1").id, 1]);
  await recordDeliveries(sql, [
    { id: again?.id ?? "", lease: again?.lease ?? "", outcome: "sent" },
  ]);
  assert.deepEqual(await statuses(sql), ["sent", "sent", "dead"]);
  const [row] = await sql`
    select count(*) filter (where sent_at is not null)::int as sent from mobility.deliveries`;
  assert.equal(row?.sent, 2);
});

chatRace("10 workers make each post once", 10, async ({ sql }) => {
  await queue(sql, 100);
  const made: string[] = [];
  await Promise.all(Array.from({ length: 10 }, async () => {
    for (;;) {
      const claimed = await claimDeliveries(sql, { limit: 3 });
      if (claimed.length === 0) return;
      made.push(...claimed.map(({ body_base64 }) => atob(body_base64)));
      await recordDeliveries(
        sql,
        claimed.map(({ id, lease }) => ({ id, lease, outcome: "sent" })),
      );
    }
  }));
  assert.deepEqual(
    made.map(Number).sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
  );
});
