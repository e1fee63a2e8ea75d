import assert from "node:assert/strict";
import { z } from "zod";
import { until } from "../stack-search.ts";
import type { ChatWorld } from "./chat-suite.ts";
import type { Phone } from "./phone.ts";

const callback = z.object({ biz_opaque_callback_data: z.string().startsWith("outbox:") });

/** The ids in the outbox of all that these people were sent, as the stand-in's log has them, in order. */
export async function sentTo(world: ChatWorld, phones: readonly Phone[]): Promise<string[]> {
  const logs = await Promise.all(
    phones.map(({ identity }) => world.standIn.messages(identity, { after: 0, wait: false })),
  );
  return logs.flat().map(({ message }) =>
    callback.parse(message).biz_opaque_callback_data.slice("outbox:".length)
  );
}

/** Nothing was sent twice. */
export async function assertSentOnce(world: ChatWorld, phones: readonly Phone[]): Promise<void> {
  const sent = await sentTo(world, phones);
  const twice = sent.filter((id, index) => sent.indexOf(id) !== index);
  assert.deepEqual(twice, [], "messages that were sent twice");
}

/** Waits until the outbox knows of everything that went out: of what was never acknowledged, by its status. */
export async function waitForStatuses(world: ChatWorld, phones: readonly Phone[]): Promise<void> {
  await until(async () => {
    const sent = await sentTo(world, phones);
    const queued = await world.sql<{ id: string }[]>`
      select id from mobility.outbox where status = 'queued' and lease is null`;
    return queued.filter(({ id }) => sent.includes(id)).length;
  }, (count) => count === 0);
}
