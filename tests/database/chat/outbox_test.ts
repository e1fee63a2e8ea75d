import assert from "node:assert/strict";
import { type Connection, openTrip } from "../support/rides.ts";
import { letChatTimePass } from "./support/chat-clock.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import { newPerson } from "./support/people.ts";
import { newPhone } from "./support/whatsapp.ts";
import { claimOutbox, recordOutbox, type Result, sendAll } from "./support/worker.ts";

/** Says so many things to a person, each another; gives the ids in order. */
async function sayMany(sql: Connection, userId: string, count: number): Promise<string[]> {
  await sql`
    select mobility.say(${userId}, 'unsupported', jsonb_build_object('type', i::text))
    from generate_series(1, ${count}) i`;
  const rows = await sql<{ id: string }[]>`
    select id from mobility.outbox where user_id = ${userId} order by seq`;
  return rows.map(({ id }) => id);
}

async function statusOf(sql: Connection, id: string): Promise<string | undefined> {
  const [row] = await sql<{ status: string }[]>`
    select status from mobility.outbox where id = ${id}`;
  return row?.status;
}

/** Lets the number send as much as there is, so that a test looks at something else. */
async function liftThroughput(sql: Connection): Promise<void> {
  await sql`update mobility.sending_rate set per_second = 1000`;
}

chatTest("claim_outbox() hands out what is to be said and to whom", async ({ sql }) => {
  const person = await newPerson(sql);
  await sql`update mobility.profiles set locale = 'rw' where user_id = ${person.user_id}`;
  await sql`select mobility.say(${person.user_id}, 'welcome', '{"name": "Aline", "gone": null}')`;
  const [claimed] = await claimOutbox(sql);
  assert.deepEqual({ ...claimed, id: "", lease: "" }, {
    id: "",
    lease: "",
    kind: "welcome",
    params: { name: "Aline" },
    locale: "rw",
    to: { whatsapp_user_id: person.whatsapp_user_id, phone: person.phone },
    window_open: true,
    attempts: 0,
  });
});

chatTest("claim_outbox() hands out one message of each person, in order", async ({ sql }) => {
  const people = [await newPerson(sql), await newPerson(sql), await newPerson(sql)];
  const said = new Map<string, string[]>();
  for (const { user_id } of people) said.set(user_id, await sayMany(sql, user_id, 3));
  for (let turn = 0; turn < 3; turn++) {
    const claimed = await claimOutbox(sql);
    assert.deepEqual(
      claimed.map(({ id }) => id),
      people.map(({ user_id }) => said.get(user_id)?.[turn]),
    );
    // Nobody is sent the next before the one before it is settled.
    assert.deepEqual(await claimOutbox(sql), []);
    await recordOutbox(
      sql,
      claimed.map(({ id, lease }) => ({ id, lease, outcome: "sent", message_id: `wamid.${id}` })),
    );
  }
  assert.deepEqual(await claimOutbox(sql), []);
});

chatTest("claim_outbox() takes no more than asked for, the oldest first", async ({ sql }) => {
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push(...await sayMany(sql, (await newPerson(sql)).user_id, 1));
  }
  assert.deepEqual((await claimOutbox(sql, { limit: 2 })).map(({ id }) => id), ids.slice(0, 2));
  assert.deepEqual((await claimOutbox(sql, { limit: 9 })).map(({ id }) => id), ids.slice(2));
});

chatTest("claim_outbox() hands out again what a lost worker had", async ({ sql }) => {
  const { user_id } = await newPerson(sql);
  const [first = "", second] = await sayMany(sql, user_id, 2);
  const [lost] = await claimOutbox(sql, { lease_s: 40 });
  await letChatTimePass(sql, 39);
  assert.deepEqual(await claimOutbox(sql), []);
  await letChatTimePass(sql, 1);
  const [again] = await claimOutbox(sql);
  assert.deepEqual([again?.id, again?.attempts], [first, 1]);
  // What the lost worker says now is nothing, but that it was sent.
  const late = { id: first, lease: lost?.lease ?? "", error_code: 131026, error_detail: "late" };
  for (const outcome of ["retry", "dead", "template", "unknown"] as const) {
    assert.deepEqual(await recordOutbox(sql, [{ ...late, outcome, retry_after_s: 9 }]), {
      recorded: 0,
    });
  }
  assert.equal(await statusOf(sql, first), "queued");
  assert.deepEqual(await claimOutbox(sql), [], "the second lease stands");
  assert.deepEqual(
    await recordOutbox(sql, [{ ...late, outcome: "sent", message_id: "wamid.late" }]),
    { recorded: 1 },
  );
  assert.equal(await statusOf(sql, first), "sent");
  assert.deepEqual((await claimOutbox(sql)).map(({ id }) => id), [second]);
  // The second worker sent it too; the person's status follows the first.
  await recordOutbox(sql, [
    { id: first, lease: again?.lease ?? "", outcome: "sent", message_id: "wamid.twice" },
  ]);
  const [row] = await sql`select message_id from mobility.outbox where id = ${first}`;
  assert.equal(row?.message_id, "wamid.late");
});

chatRace("10 workers send each message once, each person's in order", 10, async ({ sql }) => {
  await liftThroughput(sql);
  const said = new Map<string, string[]>();
  for (let i = 0; i < 40; i++) {
    const { user_id } = await newPerson(sql);
    said.set(user_id, await sayMany(sql, user_id, 5));
  }
  const owner = new Map([...said].flatMap(([user, ids]) => ids.map((id) => [id, user])));
  const sent = new Map<string, string[]>();
  let left = owner.size;
  await Promise.all(Array.from({ length: 10 }, async (_, worker) => {
    while (left > 0) {
      const claimed = await claimOutbox(sql, { limit: 1 + worker });
      for (const { id } of claimed) {
        const user = owner.get(id) ?? "";
        sent.set(user, [...sent.get(user) ?? [], id]);
      }
      left -= claimed.length;
      await recordOutbox(
        sql,
        claimed.map(({ id, lease }) => ({ id, lease, outcome: "sent", message_id: `wamid.${id}` })),
      );
    }
  }));
  assert.deepEqual(sent, said);
  const rows = await sql`select from mobility.outbox where status <> 'sent' or attempts <> 1`;
  assert.equal(rows.length, 0);
});

chatTest("claim_outbox() sends one person 45 at once, then one each 6 s", async ({ sql }) => {
  await liftThroughput(sql);
  const { user_id } = await newPerson(sql);
  await sayMany(sql, user_id, 60);
  assert.equal((await sendAll(sql)).length, 45);
  await letChatTimePass(sql, 4);
  assert.equal((await sendAll(sql)).length, 0);
  for (let i = 0; i < 3; i++) {
    await letChatTimePass(sql, 6);
    assert.equal((await sendAll(sql)).length, 1);
  }
  await letChatTimePass(sql, 17);
  assert.equal((await sendAll(sql)).length, 3);
  // Others are not kept waiting by it.
  await sayMany(sql, (await newPerson(sql)).user_id, 2);
  assert.equal((await sendAll(sql)).length, 2);
  // A quiet hour fills the burst, and no more than it.
  await letChatTimePass(sql, 3600);
  await sayMany(sql, user_id, 60);
  assert.equal((await sendAll(sql)).length, 45);
});

chatTest("claim_outbox() keeps to the throughput of the number", async ({ sql }) => {
  const people = await Promise.all(Array.from({ length: 300 }, () => newPerson(sql)));
  await sql`
    select mobility.say(u, 'welcome') from unnest(${
    people.map(({ user_id }) => user_id)
  }::uuid[]) u`;
  const LEASE_S = 1000;
  const until = Date.now() + 2500;
  while (Date.now() < until) {
    await claimOutbox(sql, { limit: 50, lease_s: LEASE_S });
  }
  const rows = await sql<{ at: number }[]>`
    select extract(epoch from lease_until - make_interval(secs => ${LEASE_S}))::float8 as at
    from mobility.outbox where lease is not null order by 1`;
  const times = rows.map(({ at }) => at);
  const busiest = Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + 1).length),
  );
  assert.ok(busiest <= 80, `${busiest} in one second`);
  assert.ok(times.length >= 120 && times.length <= 180, `${times.length} in 2.5 s`);
});

chatTest("claim_outbox() sends one a second when that is the rate", async ({ sql }) => {
  await sql`update mobility.sending_rate set per_second = 1`;
  for (let i = 0; i < 4; i++) await sayMany(sql, (await newPerson(sql)).user_id, 1);
  for (let i = 0; i < 4; i++) {
    assert.equal((await sendAll(sql)).length, 1);
    await letChatTimePass(sql, 1);
  }
});

chatTest("record_outbox() puts each outcome into effect", async ({ sql }) => {
  const outcomes: [Omit<Result, "id" | "lease">, number | null, boolean, boolean][] = [
    // Outcome; seconds until it is claimed again, null for never; as free text; with its error kept.
    [{ outcome: "sent", message_id: "wamid.1" }, null, true, false],
    [
      { outcome: "retry", error_code: 130429, error_detail: "rate", retry_after_s: 17 },
      17,
      true,
      true,
    ],
    [{ outcome: "retry", error_code: null, error_detail: "HTTP 500" }, 10, true, true],
    [{ outcome: "dead", error_code: 131026, error_detail: "no WhatsApp" }, null, true, true],
    [{ outcome: "template", error_code: 131047 }, 0, false, true],
    [{ outcome: "unknown", error_detail: "no answer" }, 30, true, true],
  ];
  for (const [outcome, again_s, asText, keepsError] of outcomes) {
    await sql`delete from mobility.outbox`;
    const { user_id } = await newPerson(sql);
    const [id = ""] = await sayMany(sql, user_id, 1);
    const [claimed] = await claimOutbox(sql);
    const result = { id, lease: claimed?.lease ?? "", ...outcome };
    const name = JSON.stringify(outcome);
    assert.deepEqual(await recordOutbox(sql, [result]), { recorded: 1 }, name);
    assert.deepEqual(
      await recordOutbox(sql, [{ ...result, outcome: "dead" }]),
      { recorded: 0 },
      `${name}: its lease is over`,
    );
    if (again_s === null) {
      assert.equal(await statusOf(sql, id), outcome.outcome);
      await letChatTimePass(sql, 3600);
      assert.deepEqual(await claimOutbox(sql), [], name);
    } else {
      if (again_s > 0) {
        await letChatTimePass(sql, again_s - 1);
        assert.deepEqual(await claimOutbox(sql), [], name);
        await letChatTimePass(sql, 1);
      }
      const [again] = await claimOutbox(sql);
      assert.deepEqual([again?.id, again?.window_open, again?.attempts], [id, asText, 1], name);
    }
    const [row] = await sql<{ error_code: number | null; error_detail: string | null }[]>`
      select error_code, error_detail from mobility.outbox where id = ${id}`;
    assert.deepEqual(
      row,
      keepsError
        ? { error_code: outcome.error_code ?? null, error_detail: outcome.error_detail ?? null }
        : { error_code: null, error_detail: null },
    );
  }
});

chatTest("record_outbox(): a message that waits holds back those behind it", async ({ sql }) => {
  const { user_id } = await newPerson(sql);
  const ids = await sayMany(sql, user_id, 2);
  const [{ id = "", lease = "" } = {}] = await claimOutbox(sql);
  await recordOutbox(sql, [{ id, lease, outcome: "unknown", error_detail: "no answer" }]);
  assert.deepEqual(await claimOutbox(sql), []);
  await letChatTimePass(sql, 30);
  assert.deepEqual((await sendAll(sql)).map(({ id }) => id), ids);
});

chatTest("record_outbox(): a template that is refused as a free text is dead", async ({ sql }) => {
  const [id = ""] = await sayMany(sql, (await newPerson(sql)).user_id, 1);
  for (const status of ["queued", "dead"]) {
    const [claimed] = await claimOutbox(sql);
    await recordOutbox(sql, [
      { id, lease: claimed?.lease ?? "", outcome: "template", error_code: 131047 },
    ]);
    assert.equal(await statusOf(sql, id), status);
  }
});

chatTest(
  "claim_outbox() gives up after ten attempts and goes on with the next",
  async ({ sql }) => {
    const [first = "", second] = await sayMany(sql, (await newPerson(sql)).user_id, 2);
    for (let attempt = 0; attempt < 10; attempt++) {
      const [claimed] = await claimOutbox(sql);
      assert.deepEqual([claimed?.id, claimed?.attempts], [first, attempt]);
      // Some attempts fail, of others nothing is heard.
      if (attempt % 2 === 0) await letChatTimePass(sql, 60);
      else {
        const retry = { outcome: "retry", error_code: 130429, error_detail: "rate" } as const;
        await recordOutbox(sql, [
          { id: first, lease: claimed?.lease ?? "", ...retry, retry_after_s: 1 },
        ]);
        await letChatTimePass(sql, 1);
      }
    }
    assert.deepEqual((await claimOutbox(sql)).map(({ id }) => id), [second]);
    const [row] = await sql`
    select status, error_detail, attempts from mobility.outbox where id = ${first}`;
    assert.deepEqual(row, { status: "dead", error_detail: "rate", attempts: 10 });
  },
);

chatTest(
  "record_outbox() does not count attempts that failed for the account's sake",
  async ({ sql }) => {
    const [id = ""] = await sayMany(sql, (await newPerson(sql)).user_id, 1);
    for (let attempt = 0; attempt < 15; attempt++) {
      const [claimed] = await claimOutbox(sql);
      assert.deepEqual([claimed?.id, claimed?.attempts], [id, 0]);
      const hold = {
        outcome: "hold",
        error_code: 190,
        error_detail: "token",
        retry_after_s: 60,
      } as const;
      await recordOutbox(sql, [{ id, lease: claimed?.lease ?? "", ...hold }]);
      assert.deepEqual(await claimOutbox(sql), []);
      await letChatTimePass(sql, 60);
    }
  },
);

chatTest("record_outbox() lets go of what no template is worth", async ({ sql }) => {
  const [id = ""] = await sayMany(sql, (await newPerson(sql)).user_id, 1);
  const [claimed] = await claimOutbox(sql);
  await recordOutbox(sql, [
    { id, lease: claimed?.lease ?? "", outcome: "expired", error_detail: "window_closed" },
  ]);
  assert.equal(await statusOf(sql, id), "expired");
});

chatTest("claim_outbox() does not send what is not worth it any more", async ({ sql }) => {
  const { user_id } = await newPerson(sql);
  await sql`
    select mobility.say(${user_id}, 'welcome', '{}', null, now() + interval '30 seconds'),
      mobility.say(${user_id}, 'language_set')`;
  await letChatTimePass(sql, 30);
  assert.deepEqual((await claimOutbox(sql)).map(({ kind }) => kind), ["language_set"]);
  const [row] = await sql`select status, attempts from mobility.outbox where kind = 'welcome'`;
  assert.deepEqual(row, { status: "expired", attempts: 0 });
});

chatTest("claim_outbox() leaves what is being sent to whoever sends it", async ({ sql }) => {
  const { user_id } = await newPerson(sql);
  await sql`select mobility.say(${user_id}, 'welcome', '{}', null, now() + interval '30 seconds')`;
  const [claimed] = await claimOutbox(sql, { lease_s: 60 });
  await letChatTimePass(sql, 40);
  assert.deepEqual(await claimOutbox(sql), []);
  const { id = "", lease = "" } = claimed ?? {};
  assert.equal(await statusOf(sql, id), "queued");
  await recordOutbox(sql, [{ id, lease, outcome: "sent", message_id: "wamid.slow" }]);
  assert.equal(await statusOf(sql, id), "sent");
});

chatTest("claim_outbox() tells whether a free text may be sent", async ({ sql }) => {
  const windows: [string, boolean][] = [["23 hours 58 minutes", true], ["24 hours", false], [
    "30 days",
    false,
  ]];
  for (const [age, open] of windows) {
    const { user_id } = await newPerson(sql);
    await sql`
      update mobility.conversations set last_inbound_at = now() - ${age}::interval
      where user_id = ${user_id}`;
    await sayMany(sql, user_id, 1);
    assert.deepEqual((await claimOutbox(sql)).map(({ window_open }) => window_open), [open], age);
  }
  // Somebody who never wrote, such as a trusted contact.
  const [friend] = await sql<{ user_id: string }[]>`
    insert into mobility.profiles (phone) values (${newPhone()}) returning user_id`;
  await sayMany(sql, friend?.user_id ?? "", 1);
  assert.deepEqual((await claimOutbox(sql)).map(({ window_open }) => window_open), [false]);
});

chatTest("say() says nothing to people without WhatsApp", async ({ sql }) => {
  const { user_id } = await openTrip(sql, "passenger");
  await sql`select mobility.say(${user_id}, 'welcome'), mobility.say(null, 'welcome')`;
  const rows = await sql`select from mobility.outbox`;
  assert.equal(rows.length, 0);
});

chatRace(
  "record_outbox() of many never deadlocks with claims and statuses",
  12,
  async ({ sql }) => {
    await liftThroughput(sql);
    const people = await Promise.all(Array.from({ length: 20 }, () => newPerson(sql)));
    for (let round = 0; round < 30; round++) {
      for (const { user_id } of people) {
        await sql`
        select mobility.say(${user_id}, 'welcome', '{}', null, now() + interval '60 seconds')`;
      }
      const claimed = await claimOutbox(sql, { limit: 50 });
      assert.equal(claimed.length, people.length);
      // Expired, their leases over, recorded in both orders, and told of by statuses, all at once.
      await letChatTimePass(sql, 61);
      const results = claimed.map(({ id, lease }, i) => ({
        id,
        lease,
        outcome: i % 2 === 0 ? "sent" as const : "dead" as const,
        message_id: `wamid.${id}`,
      }));
      const statuses = claimed.map(({ id }) => ({
        outbox_id: id,
        message_id: `wamid.${id}`,
        status: "delivered",
        at: new Date().toISOString(),
      }));
      await Promise.all([
        claimOutbox(sql),
        recordOutbox(sql, results),
        recordOutbox(sql, [...results].reverse()),
        claimOutbox(sql),
        sql`select public.receive_whatsapp('[]', ${JSON.stringify(statuses)}::text::jsonb)`,
        claimOutbox(sql),
        recordOutbox(sql, results),
      ]);
      await sql`delete from mobility.outbox`;
      await sql`delete from mobility.sending_pairs`;
    }
  },
);
