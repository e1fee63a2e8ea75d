import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { inboundContent, parseWebhook } from "../../../shared/whatsapp/mod.ts";
import { fixture, ownFixtures, sharedFixtures } from "./fixtures.ts";

const outboxId = "3f2f8a54-5a0f-4a33-9f6e-0b7a3c1d2e4f";
const aline = {
  whatsapp_user_id: "RW.1000000000000000001",
  phone: "+250788000001",
  display_name: "Aline É",
  sent_at: "2026-11-23T10:26:26.000Z",
};
const contact = {
  profile: { name: "Aline É" },
  wa_id: "250788000001",
  user_id: "RW.1000000000000000001",
};
const from = { from: "250788000001", from_user_id: "RW.1000000000000000001" };
const head = { ...from, id: "wamid.1", timestamp: "1795429586" };
const hi = { ...head, type: "text", text: { body: "Hi" } };

function webhook(value: Record<string, unknown>): unknown {
  return {
    object: "whatsapp_business_account",
    entry: [{ changes: [{ field: "messages", value }] }],
  };
}

/** The content of the only message of a webhook; null when it is dropped. */
function contentOf(message: Record<string, unknown>): unknown {
  const parsed = parseWebhook(
    webhook({ messages: [{ ...head, ...message }], contacts: [contact] }),
  );
  return parsed.messages[0]?.content ?? null;
}

function identityOf(message: Record<string, unknown>, contacts: unknown): unknown {
  const [parsed] = parseWebhook(webhook({ messages: [message], contacts })).messages;
  return parsed && [parsed.whatsapp_user_id, parsed.phone, parsed.display_name];
}

Deno.test("parseWebhook reads every entry and change, and counts what it ignores", () => {
  assert.deepEqual(parseWebhook(fixture("batch").json), {
    messages: [
      { message_id: "wamid.TEST010", ...aline, content: { kind: "text", text: "a" } },
      {
        message_id: "wamid.TEST011",
        ...aline,
        whatsapp_user_id: "RW.1000000000000000002",
        phone: null,
        display_name: "Bosco",
        content: { kind: "location", lat: -1.9441, lng: 30.0619 },
      },
    ],
    statuses: [
      {
        message_id: "wamid.OUT001",
        outbox_id: outboxId,
        status: "sent",
        at: "2026-11-23T10:26:30.000Z",
        error_code: null,
        error_detail: null,
      },
      {
        message_id: "wamid.OUT002",
        outbox_id: null,
        status: "delivered",
        at: "2026-11-23T10:26:30.000Z",
        error_code: null,
        error_detail: null,
      },
    ],
    errors: [{ code: 130429 }],
    // A message from nobody, a reaction, "played", and a change of another field.
    ignored: 4,
  });
});

Deno.test("parseWebhook reads a template button as a reply with its payload", () => {
  const [message] = parseWebhook(fixture("template_button").json).messages;
  assert.deepEqual(message?.content, { kind: "reply", id: "again:42", title: "Search again" });
  assert.deepEqual(contentOf({ type: "button", button: { text: "Yes" } }), {
    kind: "text",
    text: "Yes",
  });
});

Deno.test("parseWebhook reads contact cards with one international number each, WhatsApp's first", () => {
  const [message] = parseWebhook(fixture("contacts_card").json).messages;
  assert.deepEqual(message?.content, {
    kind: "contacts",
    contacts: [
      { name: "Maman", phone: "+250788000002" },
      { name: "Papa", phone: "+250788000003" },
    ],
  });
  const card = { name: { first_name: "Jean" }, phones: [{ phone: "00250 788 000 005" }] };
  assert.deepEqual(
    contentOf({ type: "contacts", contacts: [null, card, card, card, card, card, card] }),
    {
      kind: "contacts",
      contacts: Array(5).fill({ name: "Jean", phone: "+250788000005" }),
    },
  );
  assert.deepEqual(contentOf({ type: "contacts", contacts: [{ phones: [{ phone: "0788" }] }] }), {
    kind: "unsupported",
    type: "contacts",
  });
});

Deno.test("parseWebhook takes the number that WhatsApp knows, and none without its country", () => {
  const numbers: [unknown[], string | undefined][] = [
    [[{ phone: "+250788000009" }, { wa_id: "250788000002" }], "+250788000002"],
    [[{ phone: "788000009" }, { phone: "+250788000003" }], "+250788000003"],
    [[{ phone: "788000009" }], undefined],
    [[{ phone: "+2507880000091234" }], undefined],
    [[{ phone: "+25" }, null, 7], undefined],
  ];
  for (const [phones, phone] of numbers) {
    const content = contentOf({ type: "contacts", contacts: [{ phones }] });
    const expected = phone === undefined
      ? { kind: "unsupported", type: "contacts" }
      : { kind: "contacts", contacts: [{ name: "", phone }] };
    assert.deepEqual(content, expected);
  }
});

Deno.test("parseWebhook reads taps on buttons and rows of ours with their ids, and others as what is on them", () => {
  const own = "pick:5f0e:9c1b";
  const id = `mobility2:${own}`;
  const taps: [Record<string, unknown>, unknown][] = [
    [{ type: "button_reply", button_reply: { id, title: "Accept" } }, {
      kind: "reply",
      id: own,
      title: "Accept",
    }],
    [{ type: "list_reply", list_reply: { id, title: "Jean\n", description: "4 min" } }, {
      kind: "reply",
      id: own,
      title: "Jean",
    }],
    [{ type: "list_reply", list_reply: { id } }, { kind: "reply", id: own, title: "" }],
    [{ type: "button_reply", button_reply: { id: `mobility2:${"x".repeat(300)}`, title: "A" } }, {
      kind: "reply",
      id: "x".repeat(246),
      title: "A",
    }],
    [{ type: "button_reply", button_reply: { id: own, title: "Find\na ride" } }, {
      kind: "text",
      text: "Find a ride",
    }],
    [{ type: "list_reply", list_reply: { id: "mobility2:" } }, {
      kind: "text",
      text: "mobility2:",
    }],
    [{ type: "button_reply", list_reply: { id, title: "A" } }, {
      kind: "unsupported",
      type: "interactive",
    }],
    [{ type: "button_reply", button_reply: { id: "", title: "A" } }, {
      kind: "unsupported",
      type: "interactive",
    }],
  ];
  for (const [interactive, content] of taps) {
    assert.deepEqual(contentOf({ type: "interactive", interactive }), content);
  }
});

Deno.test("parseWebhook says of what kind an unsupported message is", () => {
  const [message] = parseWebhook(fixture("unsupported_location").json).messages;
  assert.deepEqual(message?.content, { kind: "unsupported", type: "unsupported:location" });
  const types: [Record<string, unknown>, string][] = [
    [{ type: "image", image: { id: "1" } }, "image"],
    [{ type: "unsupported" }, "unsupported"],
    [{ type: "order" }, "order"],
    [{ type: "interactive", interactive: { type: "nfm_reply" } }, "interactive"],
    [{ type: "text", text: { body: " \0 " } }, "text"],
    [{ type: "text" }, "text"],
    [{ type: "constructor" }, "constructor"],
    [{ type: "ab\0<c>".padEnd(100, "x") }, `abc${"x".repeat(61)}`],
    [{ type: 7 }, "unknown"],
    [{}, "unknown"],
  ];
  for (const [fields, type] of types) {
    assert.deepEqual(contentOf(fields), { kind: "unsupported", type });
  }
});

Deno.test("parseWebhook drops reactions, withdrawn messages and notices", () => {
  for (const type of ["reaction", "system", "revoke"]) assert.equal(contentOf({ type }), null);
});

Deno.test("parseWebhook trims a text to 4096 characters without NUL or half a character", () => {
  const texts: [string, string][] = [
    [" a\0b\nc ", "ab\nc"],
    ["\ud83d", "\ufffd"],
    ["x".repeat(5000), "x".repeat(4096)],
    ["x".repeat(4095) + "🚗", "x".repeat(4095)],
  ];
  for (const [body, text] of texts) {
    assert.deepEqual(contentOf({ type: "text", text: { body } }), { kind: "text", text });
  }
});

Deno.test("parseWebhook takes coordinates as numbers or strings, in range or not at all", () => {
  const kept: [unknown, unknown, number, number][] = [
    [-1.9441, 30.0619, -1.9441, 30.0619],
    ["-1.9441", " 30.0619 ", -1.9441, 30.0619],
    [90, -180, 90, -180],
    [-1e-300, 0, 0, 0],
  ];
  for (const [latitude, longitude, lat, lng] of kept) {
    const content = contentOf({ type: "location", location: { latitude, longitude } });
    assert.deepEqual(content, { kind: "location", lat, lng });
  }
  const refused: [unknown, unknown][] = [
    [90.1, 0],
    [0, "180.5"],
    ["", 0],
    ["north", 0],
    ["0x10", 0],
    [null, 0],
    [undefined, 0],
    [[1], 0],
  ];
  for (const [latitude, longitude] of refused) {
    const content = contentOf({ type: "location", location: { latitude, longitude } });
    assert.deepEqual(content, { kind: "unsupported", type: "unsupported:location" });
  }
});

Deno.test("parseWebhook keeps the name and address of a place on one line each", () => {
  const location = {
    latitude: -1.9536,
    longitude: 30.0606,
    name: " Kigali\nHeights ",
    address: "\0",
  };
  assert.deepEqual(contentOf({ type: "location", location }), {
    kind: "location",
    lat: -1.9536,
    lng: 30.0606,
    name: "Kigali Heights",
  });
});

Deno.test("parseWebhook cleans display names, and takes an empty one as none", () => {
  const names: [unknown, string | null][] = [
    [" Aline\u0007 \u202eÉ\n ", "Aline É"],
    ["  ", null],
    ["\0", null],
    [undefined, null],
    [7, null],
    ["🚗".repeat(80), "🚗".repeat(60)],
  ];
  for (const [name, expected] of names) {
    const identity = identityOf(hi, [{ ...contact, profile: { name } }]);
    assert.deepEqual(identity, [aline.whatsapp_user_id, aline.phone, expected]);
  }
  assert.deepEqual(identityOf(hi, [{ wa_id: "250788000001" }]), [
    aline.whatsapp_user_id,
    aline.phone,
    null,
  ]);
});

Deno.test("parseWebhook knows a sender by message, by contact, or by the only contact", () => {
  const { from: _from, from_user_id: _id, ...anonymous } = hi;
  const [id, phone, name] = [aline.whatsapp_user_id, aline.phone, aline.display_name];
  const other = { profile: { name: "Bosco" }, wa_id: "250788000002", user_id: "RW.2" };
  const cases: [Record<string, unknown>, unknown, unknown][] = [
    [hi, [other, contact], [id, phone, name]],
    [hi, undefined, [id, phone, null]],
    [hi, [other], [id, phone, null]],
    [{ ...anonymous, from: "250788000001" }, [other, contact], [id, phone, name]],
    [{ ...anonymous, from_user_id: id }, [other, contact], [id, phone, name]],
    [{ ...anonymous, from_user_id: id }, [{ ...contact, wa_id: undefined }], [id, null, name]],
    [{ ...anonymous, from: "+250 788-000-001" }, [], [null, phone, null]],
    [anonymous, [contact], [id, phone, name]],
    [anonymous, [contact, other], undefined],
    [anonymous, [], undefined],
    [{ ...anonymous, from: "nobody", from_user_id: "two words" }, [], undefined],
    [{ ...anonymous, from: "2507880000011234", from_user_id: "x".repeat(141) }, [], undefined],
    [{ ...anonymous, from_user_id: "x".repeat(140) }, [], ["x".repeat(140), null, null]],
    // wa_id and from may differ; one message and one contact belong together.
    [{ ...anonymous, from: "5491155550001" }, [{ ...contact, wa_id: "541155550001" }], [
      id,
      "+5491155550001",
      name,
    ]],
  ];
  for (const [message, contacts, expected] of cases) {
    assert.deepEqual(identityOf(message, contacts), expected);
  }
});

Deno.test("parseWebhook gives nobody the identity of somebody else in the same change", () => {
  const messages = [hi, { ...hi, id: "wamid.2", from: "250788000002", from_user_id: undefined }];
  const parsed = parseWebhook(webhook({ messages, contacts: [contact] })).messages;
  assert.deepEqual(parsed.map((message) => [message.whatsapp_user_id, message.phone]), [
    ["RW.1000000000000000001", "+250788000001"],
    [null, "+250788000002"],
  ]);
});

Deno.test("parseWebhook reads the error of a failed status without numbers", () => {
  assert.deepEqual(parseWebhook(fixture("status_failed").json).statuses, [{
    message_id: "wamid.OUT004",
    outbox_id: outboxId,
    status: "failed",
    at: "2026-11-23T10:26:30.000Z",
    error_code: 131026,
    error_detail: "Message undeliverable: Not delivered to …)",
  }]);
});

Deno.test("parseWebhook keeps the siblings of what is malformed", () => {
  const broken = [null, 7, "x", [], {}, { id: "wamid.3" }];
  const times = [undefined, "soon", "-1", "0", "99999999999", 1.5, null];
  const ids = [undefined, "", "two words", "a\0", "x".repeat(257), 7];
  const messages = [
    ...broken,
    ...times.map((timestamp) => ({ ...hi, timestamp })),
    ...ids.map((id) => ({ ...hi, id })),
    hi,
  ];
  const status = { id: "wamid.OUT1", status: "read", timestamp: 1795429590 };
  const statuses = [...broken, { ...status, status: "deleted" }, status];
  const errors = [null, { code: "1" }, { code: 2 }];
  const parsed = parseWebhook(webhook({ messages, statuses, contacts: [null, contact], errors }));
  assert.deepEqual(parsed.messages.map(({ message_id }) => message_id), ["wamid.1"]);
  assert.deepEqual(parsed.statuses.map(({ message_id }) => message_id), ["wamid.OUT1"]);
  assert.deepEqual(parsed.errors, [{ code: 2 }]);
  assert.equal(parsed.ignored, messages.length - 1 + statuses.length - 1 + 2);
});

Deno.test("parseWebhook ignores bodies, entries and changes that are none", () => {
  for (const body of [null, undefined, 7, "x", [], {}, { entry: null }, { entry: [] }]) {
    assert.deepEqual(parseWebhook(body), { messages: [], statuses: [], errors: [], ignored: 0 });
  }
  const change = { field: "messages", value: { messages: [hi] } };
  const entry = [null, {}, {
    changes: [null, { ...change, field: "calls" }, { field: "messages" }, change],
  }];
  const parsed = parseWebhook({ entry });
  assert.deepEqual([parsed.messages.length, parsed.ignored], [1, 5]);
});

// Where there are none beside the project, there is nothing to skip.
if (sharedFixtures.length > 0) {
  Deno.test({
    name: "parseWebhook reads every fixture beside the project and ignores nothing of it",
    fn: () => {
      for (const { name, json } of sharedFixtures) {
        const parsed = parseWebhook(json);
        assert.equal(parsed.ignored, 0, name);
        assert.equal(parsed.messages.length + parsed.statuses.length, 1, name);
        if (name.startsWith("status_")) assert.equal(`status_${parsed.statuses[0]?.status}`, name);
        else assert.notEqual(parsed.messages[0]?.content.kind, "unsupported", name);
      }
    },
  });
}

// What the database and the conversation rely on, whatever comes.
const postgresText = z.string().refine((text) => text.isWellFormed() && !text.includes("\0"));
const identity = {
  whatsapp_user_id: postgresText.max(140).nullable(),
  phone: z.string().regex(/^\+[1-9][0-9]{5,14}$/).nullable(),
};
const parsedWebhook = z.strictObject({
  messages: z.array(
    z.strictObject({
      message_id: postgresText.min(1),
      ...identity,
      display_name: postgresText.min(1).max(120).nullable(),
      sent_at: z.iso.datetime(),
      content: inboundContent,
    }).refine((message) => message.whatsapp_user_id !== null || message.phone !== null),
  ),
  statuses: z.array(z.strictObject({
    message_id: postgresText.min(1),
    outbox_id: z.uuid().nullable(),
    status: z.enum(["sent", "delivered", "read", "failed"]),
    at: z.iso.datetime(),
    error_code: z.int().nullable(),
    error_detail: postgresText.min(1).max(300).nullable(),
  })),
  errors: z.array(z.strictObject({ code: z.int() })),
  ignored: z.int().min(0),
});

Deno.test("parseWebhook never throws, for any JSON", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (body) => {
    parsedWebhook.parse(parseWebhook(body));
    parsedWebhook.parse(
      parseWebhook(webhook({ messages: [body], statuses: [body], contacts: [body] })),
    );
  }));
});

Deno.test("parseWebhook answers what can be stored, however a real body is damaged", () => {
  const bodies = fc.constantFrom(...[...ownFixtures, ...sharedFixtures].map(({ json }) => json));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: "binary" }),
    fc.string({ maxLength: 20 }).map((text) => `\ud83d${text}\0`),
    fc.constantFrom(
      "text",
      "location",
      "contacts",
      "button",
      "interactive",
      "reaction",
      "91",
      -181,
    ),
  );
  const damage = fc.record({ seed: fc.nat(), value });
  fc.assert(
    fc.property(bodies, fc.array(damage, { minLength: 1, maxLength: 4 }), (body, damages) => {
      const damaged = damages.reduce<unknown>(replaceOne, body);
      const parsed = parsedWebhook.parse(parseWebhook(damaged));
      const stored = JSON.stringify(parsed.messages);
      assert.ok(!stored.includes("\\u0000") && !/\\ud[89a-f]/.test(stored), stored);
    }),
    { numRuns: 2000 },
  );
});

/** A copy in which one inner value, chosen by `seed`, is another. */
function replaceOne(json: unknown, { seed, value }: { seed: number; value: unknown }): unknown {
  const chosen = seed % countValues(json);
  let index = 0;
  const copy = (inner: unknown): unknown => {
    if (index++ === chosen) return value;
    if (Array.isArray(inner)) return inner.map(copy);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, item]) => [key, copy(item)]));
  };
  return copy(json);
}

function countValues(json: unknown): number {
  if (typeof json !== "object" || json === null) return 1;
  return Object.values(json).reduce((sum, inner) => sum + countValues(inner), 1);
}
