import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type InboundIdentity,
  type InboundStatus,
  parseWebhook,
  splitWebhook,
} from "../../../shared/whatsapp/mod.ts";
import { fixture, ownFixtures } from "./fixtures.ts";

const aline = "RW.1000000000000000001";
const metadata = { phone_number_id: "1" };
const contacts = [
  { wa_id: "250788000001", user_id: aline, profile: { name: "Aline" } },
  { user_id: "RW.2", profile: { name: "Bosco" } },
];
const fromAline = { from_user_id: aline, id: "wamid.1", timestamp: "1795429586", type: "reaction" };
const fromBosco = { from_user_id: "RW.2", id: "wamid.2", timestamp: "1795429586", type: "text" };
const fromNobody = { id: "wamid.3" };
const ours = {
  id: "wamid.OUT1",
  status: "sent",
  timestamp: "1795429586",
  biz_opaque_callback_data: "outbox:3f2f8a54-5a0f-4a33-9f6e-0b7a3c1d2e4f",
};
const theirs = { ...ours, id: "wamid.OUT2", biz_opaque_callback_data: "trip:42" };

function webhook(...values: Record<string, unknown>[]): Record<string, unknown> {
  const changes = values.map((value) => ({ field: "messages", value: { metadata, ...value } }));
  return { object: "whatsapp_business_account", entry: [{ id: "1", changes }] };
}

function isAline(identity: InboundIdentity): boolean {
  return identity.whatsapp_user_id === aline;
}

function isOurs(status: InboundStatus): boolean {
  return status.outbox_id !== null;
}

const keepAline = { keep: isAline, keepStatus: isOurs };
const keepNothing = { keep: () => false, keepStatus: () => false };
const keepAll = { keep: () => true, keepStatus: () => true };

Deno.test("splitWebhook leaves the messages of who is kept, whatever their kind, and their contacts out", () => {
  const body = webhook({ contacts, messages: [fromAline, fromBosco, fromNobody] });
  const expected = webhook({ contacts: [contacts[1]], messages: [fromBosco, fromNobody] });
  assert.deepEqual(splitWebhook(body, keepAline), expected);
});

Deno.test("splitWebhook leaves our statuses out and forwards those that it does not understand", () => {
  const odd = { ...ours, status: "played" };
  const body = webhook({ contacts, statuses: [ours, theirs, odd] });
  assert.deepEqual(splitWebhook(body, keepAline), webhook({ contacts, statuses: [theirs, odd] }));
});

Deno.test("splitWebhook drops the changes and entries of which nothing remains", () => {
  const [kept, other] = [
    webhook({ contacts, messages: [fromAline] }),
    webhook({ statuses: [theirs] }),
  ];
  const body = { object: "whatsapp_business_account", entry: [kept.entry, other.entry].flat() };
  assert.deepEqual(splitWebhook(body, keepAline), other);
  assert.equal(splitWebhook(kept, keepAline), null);
  assert.equal(splitWebhook(webhook({ statuses: [ours] }), keepAline), null);
});

Deno.test("splitWebhook forwards errors and changes of other fields", () => {
  const errors = [{ code: 130429 }];
  const body = webhook({ contacts, messages: [fromAline], errors });
  assert.deepEqual(splitWebhook(body, keepAline), webhook({ contacts: [contacts[1]], errors }));
  const update = { entry: [{ changes: [{ field: "account_update", value: { event: "X" } }] }] };
  assert.equal(splitWebhook(update, keepAll), update);
});

Deno.test("splitWebhook answers the body itself when nothing is kept, and null when there is nothing", () => {
  for (const { json, name } of ownFixtures) {
    assert.equal(splitWebhook(json, keepNothing), json, name);
  }
  for (const body of [null, 7, "x", [], {}, { entry: 7 }, { entry: [] }]) {
    assert.equal(splitWebhook(body, keepNothing), null);
  }
});

Deno.test("splitWebhook asks about people without identity too", () => {
  const asked: (string | null)[] = [];
  const keep = ({ whatsapp_user_id, phone }: InboundIdentity): boolean => {
    asked.push(whatsapp_user_id ?? phone);
    return false;
  };
  splitWebhook(fixture("batch").json, { keep, keepStatus: () => false });
  assert.deepEqual(asked, [aline, "RW.1000000000000000002", null, aline]);
});

Deno.test("splitWebhook divides: what is kept and what is forwarded are all there was, once", () => {
  const bodies = fc.constantFrom(...ownFixtures.map(({ json }) => json));
  fc.assert(
    fc.property(bodies, fc.func(fc.boolean()), fc.func(fc.boolean()), (body, keep, keepStatus) => {
      const byId = { keep: (person: InboundIdentity) => keep(person.whatsapp_user_id), keepStatus };
      const rest = parseWebhook(splitWebhook(body, byId));
      const all = parseWebhook(body);
      assert.deepEqual(rest.messages, all.messages.filter((message) => !byId.keep(message)));
      assert.deepEqual(rest.statuses, all.statuses.filter((status) => !keepStatus(status)));
    }),
  );
});

Deno.test("splitWebhook never throws, for any JSON", () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
    for (
      const body of [value, { entry: value }, { entry: [value] }, { entry: [{ changes: [value] }] }]
    ) {
      splitWebhook(body, keepAll);
    }
    const body = webhook({ messages: value, statuses: value, contacts: value }, {
      messages: [value],
    });
    splitWebhook(body, keepAline);
  }));
});
