import assert from "node:assert/strict";
import postgres from "postgres";
import type { ChatSuite } from "../../support/chat/chat-suite.ts";
import { askForRide } from "../../support/chat/rides.ts";
import { newSpot } from "../../support/stack-people.ts";
import { until } from "../../support/stack-search.ts";

/** Of what the 200 waits for: the storing, and nothing else. */
export function answeringSuite({ test }: ChatSuite): void {
  test("the 200 comes while the search behind it cannot even begin, the reply when it can", async (world) => {
    const passenger = world.phone();
    await askForRide(passenger, { at: newSpot() });
    await passenger.receive("nobody_near");
    await world.settle();
    const other = postgres(world.info.db_url, { max: 1, onnotice: () => {} });
    try {
      await other.begin(async (blocking) => {
        // Every search reads whom the person has blocked; nothing before it does.
        await blocking`lock table mobility.blocks in access exclusive mode`;
        await passenger.tap("again:");
        await until(async () => {
          const [row] = await world.sql<{ searches: number }[]>`
            select count(*)::integer as searches from pg_locks
            where relation = 'mobility.blocks'::regclass and not granted`;
          return row?.searches;
        }, (searches) => searches === 1);
        await passenger.tap("again:");
        await passenger.tap("again:");
        const [row] = await world.sql`
          select count(*)::integer as stored, count(i.done_at)::integer as answered
          from mobility.inbox i join mobility.profiles p using (user_id)
          where p.whatsapp_user_id = ${passenger.identity.whatsapp_user_id}
            and i.content ->> 'id' like 'again:%'`;
        assert.deepEqual({ ...row }, { stored: 3, answered: 0 });
      });
    } finally {
      await other.end();
    }
    await passenger.receive("nobody_near", "nobody_near", "nobody_near");
    await passenger.assertQuiet();
  });
}
