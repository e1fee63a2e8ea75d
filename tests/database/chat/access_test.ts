import assert from "node:assert/strict";
import { asRole } from "../../support/database.ts";
import { codeOf } from "../support/outcome.ts";
import { type Connection, openTrip } from "../support/rides.ts";
import { chatRide } from "./support/chat-ride.ts";
import { chatTest } from "./support/chat-test.ts";
import { dispatchTrip, onlineDrivers } from "./support/dispatch.ts";
import { newPerson } from "./support/people.ts";
import { answeredBy } from "./support/rpc.ts";

/** What people write and are told, and what lets somebody see a ride. */
const CLOSED = [
  "conversations",
  "deliveries",
  "inbox",
  "outbox",
  "reminders",
  "rollout",
  "sending_pairs",
  "sending_rate",
  "trip_links",
  "watches",
];

chatTest("nobody reads conversations, queues or links, not even their own", async ({ sql }) => {
  const ride = await chatRide(sql, "accepted");
  for (const table of CLOSED) {
    for (const role of ["anon", "authenticated", "service_role"] as const) {
      await assert.rejects(
        asRole(
          sql,
          { role, sub: ride.passenger.user_id },
          (as) => as.unsafe(`select from mobility.${table}`),
        ),
        { code: "42501" },
        `${role}: ${table}`,
      );
    }
  }
});

chatTest("a driver sees the offers made to them, a passenger the own dispatch", async ({ sql }) => {
  const passenger = await newPerson(sql);
  const { id: trip } = await openTrip(sql, "passenger", { user_id: passenger.user_id });
  const drivers = await onlineDrivers(sql, 2);
  await dispatchTrip(sql, { trip, drivers, batch_size: 2 });
  const sees = (sub: string, table: string): Promise<number> =>
    asRole(
      sql,
      { role: "authenticated", sub },
      async (as) => (await as.unsafe(`select from mobility.${table}`)).length,
    );
  for (const { user_id } of drivers) {
    assert.deepEqual([await sees(user_id, "offers"), await sees(user_id, "dispatches")], [1, 0]);
  }
  assert.deepEqual(
    [await sees(passenger.user_id, "offers"), await sees(passenger.user_id, "dispatches")],
    [0, 1],
  );
});

chatTest("service_role works the chat's queues through the API alone", async ({ sql }) => {
  await asRole(sql, { role: "service_role" }, async (as) => {
    const answers = await as`
      select public.receive_whatsapp('[]') as received, public.claim_inbox() as inbox,
        public.claim_outbox() as outbox, public.record_outbox('[]') as recorded,
        public.claim_deliveries() as deliveries, public.record_deliveries('[]') as posted,
        public.sweep_dispatch() as dispatches, public.fail_inbox(1, gen_random_uuid(), 'x') as failed`;
    assert.deepEqual(answers[0], {
      received: { stored: 0, duplicates: 0, statuses: 0 },
      inbox: [],
      outbox: [],
      recorded: { recorded: 0 },
      deliveries: [],
      posted: { recorded: 0 },
      dispatches: { dispatches: 0, expired_offers: 0 },
      failed: { dead: false },
    });
  });
});

async function setRollout(sql: Connection, percent: number | null, by?: string): Promise<unknown> {
  return await answeredBy(sql`select public.set_rollout(${percent}, ${by ?? null}) as answer`);
}

chatTest(
  "set_rollout() takes a share from 0 to 100, and get_rollout() gives it",
  async ({ sql }) => {
    const percent = async (): Promise<unknown> => {
      const rollout = await answeredBy<{ percent: number; changed_at: string }>(
        sql`select public.get_rollout() as answer`,
      );
      assert.ok(Math.abs(Date.parse(rollout.changed_at) - Date.now()) < 3_600_000);
      return rollout.percent;
    };
    assert.equal(await percent(), 100, "alone, it serves everybody");
    for (const share of [0, 37, 100]) {
      await setRollout(sql, share, "operator");
      assert.equal(await percent(), share);
    }
    for (const share of [-1, 101, null]) {
      assert.equal(await codeOf(setRollout(sql, share)), "VALIDATION_ERROR");
    }
    assert.equal(await percent(), 100);
    await setRollout(sql, 50, "o".repeat(200));
    const rows = await sql`select percent, char_length(changed_by) as by from mobility.rollout`;
    assert.deepEqual([...rows], [{ percent: 50, by: 120 }]);
  },
);
