import assert from "node:assert/strict";
import { z } from "zod";
import type { Fault } from "../../../scripts/stack/graph/faults.ts";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import type { Phone } from "../../support/chat/phone.ts";
import { rideInChat } from "../../support/chat/rides.ts";
import { assertSentOnce, waitForStatuses } from "../../support/chat/sent-log.ts";
import { until } from "../../support/stack-search.ts";

const PEOPLE = 24;
/** How often each of them goes wrong. */
const FAULTS: readonly (readonly [times: number, fault: Fault])[] = [
  [8, { kind: "error", status: 500, code: 131000 }],
  [4, { kind: "error", status: 503, code: 131016 }],
  [6, { kind: "error", status: 429, code: 130429, retry_after_s: 30 }],
  [6, { kind: "error", status: 400, code: 131056 }],
  [3, { kind: "error", status: 401, code: 190 }],
  [8, { kind: "reset" }],
  [8, { kind: "reset_after" }],
  [5, { kind: "timeout", ms: 40 }],
];

const queue = z.object({ queued: z.number(), dead: z.number() });

/** What the Graph API does wrong. */
export function sendingFaults({ test }: ChatSuite): void {
  test("in a run of messages through every fault, none is lost and none is doubled", async (world) => {
    const phones = Array.from({ length: PEOPLE }, () => world.phone());
    const faults = FAULTS.flatMap(([times, fault]) => Array.from({ length: times }, () => fault));
    await world.standIn.fail(...shuffled(faults).map((fault) => ({ times: 1, fault })));
    for (const text of ["Hello", "help", "today"]) {
      await Promise.all(phones.map((phone) => phone.write(text)));
    }
    await sendAll(world, phones);
    assert.equal(await world.standIn.faultsLeft(), 0, "everything went wrong that was to");
    for (const phone of phones) {
      const kinds = (await phone.receiveAll()).map(({ kind }) => kind);
      assert.deepEqual(kinds, ["welcome", "help", "today"]);
    }
    await assertSentOnce(world, phones);
    assert.deepEqual(await outboxOf(world, phones), { queued: 0, dead: 0 });
  });

  test("a Graph API that does not answer holds up nobody else, and the message goes out after it", async (world) => {
    const [unlucky, lucky] = [world.phone(), world.phone()];
    const { whatsapp_user_id: to } = unlucky.identity;
    await world.standIn.fail({
      match: { to: String(to) },
      times: 1,
      fault: { kind: "timeout", ms: 60_000 },
    });
    const startedAt = performance.now();
    await unlucky.write("Hello");
    await until(() => world.standIn.faultsLeft(), (left) => left === 0);
    await lucky.write("Hello");
    await lucky.receive("welcome");
    assert.ok(performance.now() - startedAt < 9_000, "the other one has not waited for it");
    await unlucky.write("help");
    // The client gives up after 10 s; then a status is waited for.
    await until(
      async () => {
        const [row] = await world.sql`
        select count(*)::integer as waiting from mobility.outbox o join mobility.profiles p using (user_id)
        where p.whatsapp_user_id = ${to} and o.status = 'queued' and o.not_before > now()`;
        return row?.["waiting"];
      },
      (waiting) => waiting === 1,
      { ms: 15_000 },
    );
    await world.hurry();
    await world.work();
    await unlucky.receive("welcome", "help");
    await unlucky.assertQuiet();
    await assertSentOnce(world, [unlucky, lucky]);
  });

  test("131047 at once or afterwards: what has a template is sent as one, and rides go on", async (world) => {
    for (
      const fault of [
        { kind: "error", status: 400, code: 131047 },
        { kind: "status_failed", code: 131047 },
      ] as const
    ) {
      const { passenger, driver } = await rideInChat(world, "asked");
      const to = String(passenger.identity.whatsapp_user_id);
      await world.standIn.fail({ match: { to }, times: 1, fault });
      await driver.tap("match_yes:");
      await driver.receive("ride_won");
      if (fault.kind === "status_failed") {
        assert.equal((await passenger.receive("ride_accepted")).type, "button");
      }
      const template = await passenger.receive("ride_accepted");
      assert.equal(template.type, "template");
      const pin = z.string().parse(template.params["pin"]);
      assert.ok(template.text.includes(pin), "the PIN is in it");
      await driver.tap("arrive:");
      await driver.receive("ask_pin");
      await passenger.receive("driver_arrived");
      await driver.write(pin);
      await driver.receive("ride_running");
      await passenger.receive("ride_started");
      for (const phone of [passenger, driver]) await phone.assertQuiet();
    }
  });

  test("people who were silent for a day get templates alone, and may tap on them", async (world) => {
    const { passenger, driver } = await rideInChat(world, "found");
    const dayAgo = new Date(Date.now() - 25 * 3600_000);
    await world.standIn.setHeard(driver.identity, dayAgo);
    await world.sql`
      update mobility.conversations c set last_inbound_at = ${dayAgo.toISOString()}
      from mobility.profiles p
      where p.user_id = c.user_id and p.whatsapp_user_id = ${driver.identity.whatsapp_user_id}`;
    await passenger.tap("pick:");
    await passenger.receive("asking_driver");
    const proposal = await driver.receive("proposal");
    assert.equal(proposal.type, "template");
    const [row] = await world.sql`
      select attempts, error_code from mobility.outbox where id = ${proposal.outbox_id}`;
    assert.deepEqual({ ...row }, { attempts: 1, error_code: null }, "at the first attempt");
    await driver.tap("match_yes:");
    assert.equal((await driver.receive("ride_won")).type, "button", "the window is open again");
    await passenger.receive("ride_accepted");
    for (const phone of [passenger, driver]) await phone.assertQuiet();
  });

  test("what can never be sent is given up, seen in the metrics, and holds up nothing", async (world) => {
    const phone = world.phone();
    const to = String(phone.identity.whatsapp_user_id);
    const deadBefore = await deadGauge(world);
    await world.standIn.fail(
      { match: { to }, times: 1, fault: { kind: "error", status: 400, code: 131026 } },
      { match: { to }, times: 1, fault: { kind: "error", status: 400, code: 131047 } },
      { match: { to }, times: 1, fault: { kind: "status_failed", code: 131026 } },
    );
    await phone.write("Hello");
    await phone.write("help");
    await phone.write("language");
    await phone.write("today");
    // The first is undeliverable, the second not worth a template, the third is taken and fails afterwards.
    await phone.receive("choose_language", "today");
    await until(() => deadGauge(world), (dead) => dead === deadBefore + 2);
    await phone.assertQuiet();
    const rows = await world.sql`
      select kind, o.status, error_code from mobility.outbox o join mobility.profiles p using (user_id)
      where p.whatsapp_user_id = ${to} and o.status in ('dead', 'expired') order by seq`;
    assert.deepEqual(rows.map((row) => ({ ...row })), [
      { kind: "welcome", status: "dead", error_code: 131026 },
      { kind: "help", status: "expired", error_code: null },
      { kind: "choose_language", status: "dead", error_code: 131026 },
    ]);
  });
}

/** Lets time pass until nothing waits, but never before a status has had its chance. */
async function sendAll(world: ChatWorld, phones: readonly Phone[]): Promise<void> {
  for (let round = 0; round < 60; round++) {
    await waitForStatuses(world, phones);
    await world.hurry();
    await world.work();
    if ((await outboxOf(world, phones)).queued === 0) return;
  }
  throw new Error(`Not everything was sent.\n${await world.describe()}`);
}

async function outboxOf(
  { sql }: ChatWorld,
  phones: readonly Phone[],
): Promise<z.infer<typeof queue>> {
  const [row] = await sql`
    select count(*) filter (where o.status = 'queued')::integer
        + count(*) filter (where i.pending)::integer as queued,
      count(*) filter (where o.status = 'dead')::integer as dead
    from mobility.profiles p
    left join mobility.outbox o using (user_id)
    left join lateral (select true as pending from mobility.inbox
      where user_id = p.user_id and done_at is null limit 1) i on true
    where p.whatsapp_user_id in ${sql(phones.map(({ identity }) => identity.whatsapp_user_id))}`;
  return queue.parse({ ...row });
}

async function deadGauge({ http }: ChatWorld): Promise<number> {
  const { text } = await http.get("metrics");
  return Number(/^mobility_queue_dead\{queue="outbox"\} (\d+)$/m.exec(text)?.[1]);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items.map((item) => ({ item, order: Math.random() }))
    .sort((a, b) => a.order - b.order).map(({ item }) => item);
}
