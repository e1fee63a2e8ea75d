import assert from "node:assert/strict";
import type { ChatSuite } from "../../support/chat/chat-suite.ts";
import { postWebhook } from "../../support/chat/webhook-post.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import { type Fixture, ownFixtures, sharedFixtures } from "../../unit/whatsapp/fixtures.ts";

const text = (said: string): unknown => ({ kind: "text", text: said });
const tap = (id: string, title: string): unknown => ({ kind: "reply", id, title });
const pin = { kind: "location", lat: -1.9441, lng: 30.0619 };

/** What is stored of each: a message for the worker, or nothing. */
const documented: Readonly<Record<string, readonly unknown[]>> = {
  // Buttons of another system.
  button_reply: [text("Accept")],
  list_reply: [text("Jean")],
  location_pin: [pin],
  location_place: [{
    kind: "location",
    lat: -1.9536,
    lng: 30.0606,
    name: "Kigali Heights",
    address: "KN 3 Rd, Kigali",
  }],
  status_delivered: [],
  status_read: [],
  status_sent: [],
  text: [text("Ride please 🚗")],
  text_pre_bsuid: [text("Ride please")],
  text_username_no_phone: [text("Hi")],
  batch: [text("a"), pin],
  contacts_card: [{
    kind: "contacts",
    contacts: [
      { name: "Maman", phone: "+250788000002" },
      { name: "Papa", phone: "+250788000003" },
    ],
  }],
  status_failed: [],
  template_button: [tap("again:42", "Search again")],
  text_ascii: [text("Ride please 🚗")],
  text_utf8: [text("Ndashaka moto 🏍")],
  text_utf8_signed_escaped: [text("Ndashaka moto 🏍 é")],
  unsupported_location: [{ kind: "unsupported", type: "unsupported:location" }],
};

/** Bodies as Meta documents them, with their signatures. */
export function fixtureSuite(suite: ChatSuite): void {
  for (const fixture of ownFixtures) replay(suite, { fixture, from: "own" });
  for (const fixture of sharedFixtures) replay(suite, { fixture, from: "shared" });
}

function replay({ test }: ChatSuite, { fixture, from }: { fixture: Fixture; from: string }): void {
  const { name, bytes, header } = fixture;
  test(`the ${from} fixture ${name} is handled as documented, once; a flipped byte is not`, async (world) => {
    await world.sql`delete from mobility.inbox`;
    const flipped = bytes.map((byte, index) => index === bytes.length - 10 ? byte ^ 2 : byte);
    const before = await fingerprintTables(world.sql);
    assert.equal((await postWebhook(world, flipped, { signature: header })).status, 401);
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing was touched");

    const { status, text: answer } = await postWebhook(world, bytes, { signature: header });
    assert.equal(status, 200, answer);
    await world.settle();
    const stored = await world.sql`
      select content, done_at is not null as done, error_code from mobility.inbox
      where content ->> 'kind' <> 'task' order by message_id`;
    const expected = documented[name];
    assert.ok(expected, `what becomes of ${name} is documented in this test`);
    assert.deepEqual(
      stored.map((row) => ({ ...row })),
      expected.map((content) => ({ content, done: true, error_code: null })),
    );
    const once = await fingerprintTables(world.sql);
    assert.equal((await postWebhook(world, bytes, { signature: header })).status, 200);
    await world.settle();
    assert.deepEqual(await fingerprintTables(world.sql), once, "the second time changes nothing");
  });
}
