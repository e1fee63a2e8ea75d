import assert from "node:assert/strict";
import type { Connection } from "../support/rides.ts";
import { chatRace, chatTest } from "./support/chat-test.ts";
import { newPerson, writes } from "./support/people.ts";
import { kindsTo } from "./support/said.ts";
import { message, newPhone, newWhatsappId, receive } from "./support/whatsapp.ts";
import { answerInbox, claimDeliveries, claimOutbox } from "./support/worker.ts";

interface Profile {
  readonly user_id: string;
  readonly whatsapp_user_id: string | null;
  readonly phone: string | null;
  readonly display_name: string | null;
}

async function profiles(sql: Connection): Promise<Profile[]> {
  return [
    ...await sql<Profile[]>`
      select user_id, whatsapp_user_id, phone, display_name from mobility.profiles
      order by created_at, phone`,
  ];
}

/** Somebody's message; gives the person it was taken for. */
async function writer(
  sql: Connection,
  sender: Parameters<typeof message>[0],
): Promise<Profile> {
  const sent = message(sender);
  await receive(sql, { messages: [sent] });
  const [profile] = await sql<Profile[]>`
    select p.* from mobility.profiles p join mobility.inbox i using (user_id)
    where i.message_id = ${sent.message_id}`;
  assert.ok(profile, "the message was not stored");
  return profile;
}

chatTest("receive_whatsapp() makes one person of one business-scoped id", async ({ sql }) => {
  const whatsapp_user_id = newWhatsappId();
  const first = await writer(sql, { whatsapp_user_id });
  const second = await writer(sql, { whatsapp_user_id });
  assert.equal(first.user_id, second.user_id);
  assert.deepEqual(await profiles(sql), [
    { user_id: first.user_id, whatsapp_user_id, phone: null, display_name: null },
  ]);
});

chatTest("receive_whatsapp() makes one person of one phone number", async ({ sql }) => {
  const phone = newPhone();
  const first = await writer(sql, { phone });
  const second = await writer(sql, { phone });
  assert.deepEqual(second, first);
  assert.equal((await profiles(sql)).length, 1);
});

chatTest(
  "receive_whatsapp() gives a phone number known before its business-scoped id",
  async ({ sql }) => {
    const phone = newPhone();
    const whatsapp_user_id = newWhatsappId();
    const before = await writer(sql, { phone });
    const after = await writer(sql, { phone, whatsapp_user_id });
    assert.deepEqual(after, { ...before, whatsapp_user_id });
    // From now on either is enough.
    assert.equal((await writer(sql, { whatsapp_user_id })).user_id, before.user_id);
    assert.equal((await writer(sql, { phone })).user_id, before.user_id);
    assert.equal((await profiles(sql)).length, 1);
  },
);

chatTest("receive_whatsapp() sees that a number changed hands", async ({ sql }) => {
  const phone = newPhone();
  const before = await writer(sql, { phone, whatsapp_user_id: newWhatsappId() });
  const after = await writer(sql, { phone, whatsapp_user_id: newWhatsappId() });
  assert.notEqual(after.user_id, before.user_id);
  const rows = await profiles(sql);
  assert.deepEqual(
    rows.map(({ user_id, phone }) => ({ user_id, phone })).sort((a) => a.phone === null ? -1 : 1),
    [{ user_id: before.user_id, phone: null }, { user_id: after.user_id, phone }],
  );
  // The first owner writes again from a new number.
  const other = newPhone();
  const { whatsapp_user_id } = before;
  const moved = await writer(sql, { whatsapp_user_id, phone: other });
  assert.deepEqual([moved.user_id, moved.phone], [before.user_id, other]);
});

chatTest("receive_whatsapp() follows a person to another number", async ({ sql }) => {
  const whatsapp_user_id = newWhatsappId();
  const before = await writer(sql, { whatsapp_user_id, phone: newPhone() });
  const phone = newPhone();
  assert.deepEqual(await writer(sql, { whatsapp_user_id, phone }), { ...before, phone });
  // A message without a number takes none away.
  assert.deepEqual(await writer(sql, { whatsapp_user_id }), { ...before, phone });
});

chatTest("receive_whatsapp() exchanges the numbers of two people", async ({ sql }) => {
  const [one, two] = [newPhone(), newPhone()];
  const a = await writer(sql, { whatsapp_user_id: newWhatsappId(), phone: one });
  const b = await writer(sql, { whatsapp_user_id: newWhatsappId(), phone: two });
  await receive(sql, {
    messages: [
      message({ whatsapp_user_id: a.whatsapp_user_id, phone: two }),
      message({ whatsapp_user_id: b.whatsapp_user_id, phone: one }),
    ],
  });
  const phones = new Map((await profiles(sql)).map(({ user_id, phone }) => [user_id, phone]));
  assert.deepEqual([phones.get(a.user_id), phones.get(b.user_id)], [two, one]);
});

chatTest(
  "receive_whatsapp() joins who was known by number alone with who is known by id",
  async ({ sql }) => {
    const phone = newPhone();
    const whatsapp_user_id = newWhatsappId();
    const friend = await newPerson(sql);
    // A trusted contact, whom we know by number; the same person wrote before without showing it.
    const writing = await writes(sql, friend);
    await answerInbox(sql, writing, {
      command: { name: "add_contact", phone, contact_name: "Sister" },
    });
    const [contact] = await sql<{ user_id: string }[]>`
      select user_id from mobility.profiles where phone = ${phone}`;
    assert.ok(contact);
    await sql`select mobility.say(${contact.user_id}, 'language_set')`;
    const known = await writer(sql, { whatsapp_user_id });
    const joined = await writer(sql, { whatsapp_user_id, phone });
    assert.equal(joined.user_id, known.user_id);
    const contacts = await sql`select contact_user_id from mobility.trusted_contacts`;
    assert.deepEqual(contacts.map((row) => row.contact_user_id), [known.user_id]);
    const claimed = await claimOutbox(sql);
    assert.deepEqual(
      claimed.filter(({ kind }) => kind === "language_set").map(({ to }) => to),
      [{ whatsapp_user_id, phone }],
    );
    // Nobody can be told anything under the number alone any more.
    await sql`select mobility.say(${contact.user_id}, 'welcome')`;
    assert.deepEqual(await kindsTo(sql, contact.user_id), []);
  },
);

chatTest("receive_whatsapp() keeps the last name that came", async ({ sql }) => {
  const phone = newPhone();
  await writer(sql, { phone, display_name: "Aline" });
  assert.equal((await writer(sql, { phone, display_name: "Aline M." })).display_name, "Aline M.");
  assert.equal((await writer(sql, { phone })).display_name, "Aline M.");
  // What is no name is not worth a lost message.
  const long = "x".repeat(200);
  assert.equal((await writer(sql, { phone, display_name: "  " })).display_name, "Aline M.");
  assert.equal((await writer(sql, { phone, display_name: long })).display_name?.length, 120);
});

chatTest(
  "receive_whatsapp() counts, and stores content and times as they came",
  async ({ sql }) => {
    const phone = newPhone();
    const sent_at = new Date(Date.now() - 3_600_000).toISOString();
    const content = { kind: "location", lat: -1.95, lng: 30.06, name: "Home" } as const;
    const one = message({ phone, sent_at, content });
    const two = message({ phone });
    assert.deepEqual(await receive(sql, { messages: [one, two, one] }), {
      stored: 2,
      duplicates: 1,
      statuses: 0,
    });
    assert.deepEqual(await receive(sql, { messages: [two] }), {
      stored: 0,
      duplicates: 1,
      statuses: 0,
    });
    const [stored] = await sql`
    select content, sent_at = ${sent_at} as same, attempts, done_at, error_code
    from mobility.inbox where message_id = ${one.message_id}`;
    assert.deepEqual(stored, { content, same: true, attempts: 0, done_at: null, error_code: null });
  },
);

chatTest(
  "receive_whatsapp() opens the window from the newest message, never from the future",
  async ({ sql }) => {
    const phone = newPhone();
    const at = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
    const age = async (): Promise<number> => {
      const [row] = await sql<{ age: number }[]>`
        select extract(epoch from now() - last_inbound_at)::int as age from mobility.conversations`;
      return row?.age ?? NaN;
    };
    await receive(sql, { messages: [message({ phone, sent_at: at(-7200) })] });
    assert.equal(await age(), 7200);
    await receive(sql, { messages: [message({ phone, sent_at: at(-60) })] });
    assert.equal(await age(), 60);
    // Late, and of an earlier time.
    await receive(sql, { messages: [message({ phone, sent_at: at(-3600) })] });
    assert.equal(await age(), 60);
    await receive(sql, { messages: [message({ phone, sent_at: at(3600) })] });
    assert.equal(await age(), 0);
  },
);

chatTest(
  "receive_whatsapp() stores posts byte for byte, in the same transaction",
  async ({ sql }) => {
    const bytes = crypto.getRandomValues(new Uint8Array(500));
    const body_base64 = btoa(String.fromCharCode(...bytes));
    const headers = { "x-hub-signature-256": "sha256=00", "content-type": "application/json" };
    await receive(sql, { deliveries: [{ target: "v1", body_base64, headers }] });
    const [claimed] = await claimDeliveries(sql);
    assert.deepEqual(
      [claimed?.target, claimed?.body_base64, claimed?.headers, claimed?.attempts],
      ["v1", body_base64, headers, 0],
    );
    await assert.rejects(receive(sql, {
      messages: [message({ phone: newPhone() })],
      deliveries: [{ target: "elsewhere", body_base64, headers }],
    }));
    assert.deepEqual(await profiles(sql), []);
  },
);

chatRace("the same message on 10 connections at once is stored once", 10, async ({ sql }) => {
  for (let round = 0; round < 50; round++) {
    // Somebody new in each round; then somebody known.
    const sender = { phone: newPhone(), whatsapp_user_id: newWhatsappId(), display_name: "Aline" };
    for (const _ of ["new", "known"]) {
      const sent = message(sender);
      const received = await Promise.all(
        Array.from({ length: 10 }, () => receive(sql, { messages: [sent] })),
      );
      assert.equal(received.reduce((sum, { stored }) => sum + stored, 0), 1);
      assert.equal(received.reduce((sum, { duplicates }) => sum + duplicates, 0), 9);
      const rows = await sql`select from mobility.inbox where message_id = ${sent.message_id}`;
      assert.equal(rows.length, 1);
    }
  }
  assert.equal((await profiles(sql)).length, 50);
});

chatRace("one person's first ten messages at once make one person", 10, async ({ sql }) => {
  for (let round = 0; round < 30; round++) {
    const phone = newPhone();
    const whatsapp_user_id = newWhatsappId();
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        receive(sql, {
          // Some webhooks carry both identities, some the number alone.
          messages: [message({ phone, whatsapp_user_id: i % 2 === 0 ? whatsapp_user_id : null })],
        })),
    );
    const rows = await sql`
      select whatsapp_user_id, (select count(*)::int from mobility.inbox i where i.user_id = p.user_id) as stored
      from mobility.profiles p where phone = ${phone}`;
    assert.deepEqual([...rows], [{ whatsapp_user_id, stored: 10 }]);
  }
});

chatRace("webhooks about the same people in opposite orders never deadlock", 8, async ({ sql }) => {
  for (let round = 0; round < 60; round++) {
    const people = Array.from({ length: 6 }, () => ({
      phone: newPhone(),
      whatsapp_user_id: newWhatsappId(),
    }));
    // In every other round they are known already, and all change their names.
    if (round % 2 === 0) await receive(sql, { messages: people.map(message) });
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => {
        const messages = people.map((person) => message({ ...person, display_name: `${i}` }));
        return receive(sql, { messages: i % 2 === 0 ? messages : messages.reverse() });
      }),
    );
  }
  assert.equal((await profiles(sql)).length, 360);
});

chatRace("a webhook does not deadlock with the answer to its people", 8, async ({ sql }) => {
  const people = await Promise.all(Array.from({ length: 4 }, () => newPerson(sql)));
  for (let round = 0; round < 60; round++) {
    const events = await Promise.all(people.map((person) => writes(sql, person)));
    await Promise.all([
      ...events.map((event) =>
        answerInbox(sql, event, {
          locale: round % 2 === 0 ? "fr" : "en",
          say: [{ kind: "not_understood", params: {} }],
        })
      ),
      ...[0, 1, 2, 3].map((i) =>
        receive(sql, {
          messages: people.map((person) => message({ ...person, display_name: `${round} ${i}` })),
        })
      ),
    ]);
  }
});
