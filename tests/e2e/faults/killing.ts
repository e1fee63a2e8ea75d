import assert from "node:assert/strict";
import type { MessageKind } from "../../../shared/messages/mod.ts";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Deliver, Phone } from "../../support/chat/phone.ts";
import { assertSentOnce, sentTo } from "../../support/chat/sent-log.ts";
import { killWebhook } from "../../support/chat/webhook-process.ts";
import { newSpot } from "../../support/stack-people.ts";

const CONVERSATIONS = 20;
/** After so many steps of all conversations together the process is killed, a moment later. */
const KILL_AT = [12, 45, 90, 140] as const;
const MOMENT_MS = 60;

/** What everybody does, and the one answer to each. */
const steps: readonly (readonly [(phone: Phone) => Promise<void>, MessageKind])[] = [
  [(phone) => phone.write("Hello"), "welcome"],
  [(phone) => phone.tap("menu:ride"), "choose_vehicle"],
  [(phone) => phone.tap("veh:passenger:moto"), "ask_pickup"],
  [(phone) => phone.pin(newSpot()), "ask_dropoff"],
  [(phone) => phone.tap("drop:skip"), "nobody_near"],
  [(phone) => phone.tap("watch:"), "watching"],
  [(phone) => phone.tap("cancel:"), "choose_cancel_reason"],
  [(phone) => phone.tapReason("changed_mind"), "trip_cancelled"],
  [(phone) => phone.write("today"), "today"],
];

/** kill -9 of the function. */
export function killingFaults({ test }: ChatSuite): void {
  test(`kill -9 in the middle of ${CONVERSATIONS} conversations loses nothing and says nothing twice`, async (world) => {
    // What the webhook could not take is delivered again, as Meta would.
    const again: Deliver = async (act) => {
      await world.standIn.act({ ...act, redeliver: true });
      return 200;
    };
    const phones = Array.from({ length: CONVERSATIONS }, () => world.phone({}, again));
    const killings: Promise<void>[] = [];
    let done = 0;

    async function converse(phone: Phone): Promise<void> {
      for (const [act, answer] of steps) {
        await act(phone);
        await phone.receive(answer);
        done++;
        if (KILL_AT.some((at) => at === done)) killings.push(killSoon(world, phones));
      }
    }

    await Promise.all(phones.map(converse));
    await Promise.all(killings);
    assert.equal(killings.length, KILL_AT.length);
    for (const phone of phones) await phone.assertQuiet();
    await assertSentOnce(world, phones);
    const [row] = await world.sql`
      select count(*)::integer as messages, count(distinct i.message_id)::integer as different,
        count(*) filter (where i.done_at is null or i.error_code is not null)::integer as undone
      from mobility.inbox i join mobility.profiles p using (user_id)
      where p.whatsapp_user_id in ${
      world.sql(phones.map((phone) => phone.identity.whatsapp_user_id))
    }
        and i.content ->> 'kind' <> 'task'`;
    const messages = CONVERSATIONS * steps.length;
    assert.deepEqual({ ...row }, { messages, different: messages, undone: 0 });
  });
}

async function killSoon(world: ChatWorld, phones: readonly Phone[]): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * MOMENT_MS));
  await killWebhook(world);
  await endLeases(world, phones);
}

/**
 * The leases of the process that was killed end, which takes up to 40 s otherwise: long after the statuses of
 * what it had sent have arrived. So those of messages that did go out are left to their statuses.
 */
async function endLeases(world: ChatWorld, phones: readonly Phone[]): Promise<void> {
  const { sql } = world;
  await sql`update mobility.conversations set lease_until = now() where lease_until > now()`;
  const sent = await sentTo(world, phones);
  await sql`
    update mobility.outbox set lease_until = now()
    where status = 'queued' and lease_until > now() and not (id = any (${sent}::uuid[]))`;
}
