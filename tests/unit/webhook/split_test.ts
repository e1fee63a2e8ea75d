import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { bucketOf } from "../../../shared/webhook/rollout.ts";
import { type Misdirected, shareWebhook } from "../../../shared/webhook/split.ts";
import { parseWebhook, signBody, toWireId, verifySignature } from "../../../shared/whatsapp/mod.ts";

const appSecret = "test-app-secret";
const OUTBOX_ID = "0b7f9c52-5f4b-4f0d-8a3a-0123456789ab";

type Json = Record<string, unknown>;

function message(phone: string, text: string): Json {
  return {
    from: phone,
    id: `wamid.${phone}`,
    timestamp: "1795429586",
    type: "text",
    text: { body: text },
  };
}

function status(id: string, callbackData: string): Json {
  return { id, status: "sent", timestamp: "1795429590", biz_opaque_callback_data: callbackData };
}

function bodyOf(value: Json): Json {
  const change = { field: "messages", value: { messaging_product: "whatsapp", ...value } };
  return { object: "whatsapp_business_account", entry: [{ id: "2", changes: [change] }] };
}

/** Shares a body that Meta would have sent with spaces in it, so that untouched bytes can be told. */
async function share(body: Json, percent: number, misdirected?: Misdirected): Promise<
  Awaited<ReturnType<typeof shareWebhook>> & { bytes: Uint8Array; signature: string }
> {
  const bytes = new TextEncoder().encode(JSON.stringify(body, undefined, 1));
  const signature = await signBody(appSecret, bytes);
  const webhook = { bytes, signature, body, parsed: parseWebhook(body) };
  return { bytes, signature, ...await shareWebhook(webhook, { percent, appSecret, misdirected }) };
}

/** Two people with V2's share between them. */
const [low, high] = [findPhone((bucket) => bucket < 30), findPhone((bucket) => bucket >= 70)];

function findPhone(fits: (bucket: number) => boolean): string {
  for (let number = 250788000000;; number++) {
    const bucket = bucketOf({ whatsapp_user_id: null, phone: `+${number}` });
    if (bucket !== undefined && fits(bucket)) return String(number);
  }
}

Deno.test("shareWebhook() gives V1 a webhook that is all V1's as it arrived, byte for byte", async () => {
  const body = bodyOf({ messages: [message(high, "é")], statuses: [status("a", "trip:42")] });
  const { messages, statuses, forwards, bytes, signature } = await share(body, 50);
  assert.deepEqual([messages, statuses, forwards.length], [[], [], 1]);
  assert.deepEqual([...Buffer.from(forwards[0]?.body_base64 ?? "", "base64")], [...bytes]);
  assert.deepEqual(forwards[0]?.headers, {
    "content-type": "application/json",
    "x-hub-signature-256": signature,
  });
});

Deno.test("shareWebhook() forwards nothing of a webhook that is all V2's", async () => {
  const body = bodyOf({
    messages: [message(low, "a"), message(high, "b")],
    statuses: [status("a", `outbox:${OUTBOX_ID}`)],
  });
  const { messages, statuses, forwards } = await share(body, 100);
  assert.deepEqual([messages.length, statuses.length, forwards], [2, 1, []]);
});

Deno.test("shareWebhook() divides people by their share and statuses by whose message it was", async () => {
  const body = bodyOf({
    messages: [message(low, "ours"), message(high, "théirs 🚗")],
    statuses: [status("a", `outbox:${OUTBOX_ID}`), status("b", "trip:42")],
    errors: [{ code: 130429 }],
  });
  const { messages, statuses, forwards } = await share(body, 50);
  assert.deepEqual(messages.map(({ phone }) => phone), [`+${low}`]);
  assert.deepEqual(statuses.map(({ outbox_id }) => outbox_id), [OUTBOX_ID]);
  const [forward] = forwards;
  assert.ok(forward);
  const bytes = Buffer.from(forward.body_base64, "base64");
  assert.deepEqual(
    JSON.parse(bytes.toString()),
    bodyOf({
      messages: [message(high, "théirs 🚗")],
      statuses: [status("b", "trip:42")],
      errors: [{ code: 130429 }],
    }),
  );
  // Signed anew, over bytes that are their own escaped form.
  assert.match(bytes.toString(), /^[\0-~]*$/);
  const header = forward.headers["x-hub-signature-256"] ?? null;
  assert.ok(await verifySignature(appSecret, { body: bytes, header }));
});

Deno.test("shareWebhook() with a share of nobody keeps nothing but the statuses of what was sent", async () => {
  const body = bodyOf({
    messages: [message(low, "a")],
    statuses: [status("a", `outbox:${OUTBOX_ID}`)],
  });
  const { messages, statuses, forwards } = await share(body, 0);
  assert.deepEqual([messages.length, statuses.length, forwards.length], [0, 1, 1]);
});

Deno.test("shareWebhook() forwards what nobody here understands", async () => {
  const body = {
    object: "whatsapp_business_account",
    entry: [{ id: "2", changes: [{ field: "account_update", value: {} }] }],
  };
  const { messages, statuses, forwards } = await share(body, 100);
  assert.deepEqual([messages.length, statuses.length, forwards.length], [0, 0, 1]);
});

function tap(phone: string, id: string): Json {
  const { text: _, ...fields } = message(phone, "");
  const button_reply = { id, title: "Accept" };
  return {
    ...fields,
    id: `wamid.tap.${phone}`,
    type: "interactive",
    interactive: { type: "button_reply", button_reply },
  };
}

Deno.test("shareWebhook() keeps a tap on V2's button, and what that person writes beside it, whatever the share", async () => {
  const accept = toWireId(`offer_yes:${OUTBOX_ID}`);
  const list_reply = { id: accept, title: "Accept" };
  const taps: Json[] = [
    tap(high, accept),
    { ...tap(high, ""), interactive: { type: "list_reply", list_reply } },
    { ...tap(high, ""), type: "button", button: { payload: accept, text: "Accept" } },
  ];
  for (const percent of [0, 50]) {
    for (const each of taps) {
      const alone = await share(bodyOf({ messages: [each] }), percent);
      assert.deepEqual([alone.messages.length, alone.others, alone.forwards], [1, [], []]);
    }
  }
  const both = await share(bodyOf({ messages: [tap(high, accept), message(high, "1234")] }), 50);
  assert.deepEqual([both.messages.length, both.forwards], [2, []]);
});

Deno.test("shareWebhook() leaves V1's own buttons, flows and look-alikes of V2's to V1", async () => {
  const nfm_reply = { name: "flow", body: "Sent", response_json: "{}" };
  const foreign: Json[] = [
    tap(high, `offer_yes:${OUTBOX_ID}`),
    tap(high, `cancel:${OUTBOX_ID}`),
    tap(high, "MOBILITY2:menu:ride"),
    { ...tap(high, ""), interactive: { type: "nfm_reply", nfm_reply } },
    { ...tap(high, ""), type: "button", button: { payload: "menu:ride", text: "Ride" } },
  ];
  for (const each of foreign) {
    const { messages, others, forwards } = await share(bodyOf({ messages: [each] }), 50);
    assert.deepEqual([messages.length, others.length, forwards.length], [0, 1, 1]);
  }
});

Deno.test("shareWebhook() begins nothing new with anybody at 0 percent, and goes on with what there is", async () => {
  const split = async (id: string, percent: number): Promise<number[]> => {
    const { messages, forwards } = await share(
      bodyOf({ messages: [tap(low, toWireId(id))] }),
      percent,
    );
    return [messages.length, forwards.length];
  };
  for (const id of ["menu:ride", "lang:rw", "veh:driver:moto", "drop:skip"]) {
    assert.deepEqual(await split(id, 0), [0, 1], `${id} at 0%`);
    assert.deepEqual(await split(id, 1), [1, 0], `${id} at 1%`);
  }
  for (
    const id of [`match_yes:${OUTBOX_ID}`, `arrive:${OUTBOX_ID}`, `rate:${OUTBOX_ID}:5`, "new:1"]
  ) {
    assert.deepEqual(await split(id, 0), [1, 0], `${id} at 0%`);
  }
});

Deno.test("shareWebhook() follows the database about single messages, both ways", async () => {
  const later = { ...message(high, "later"), id: "wamid.later" };
  const contacts = [{ wa_id: high }, { wa_id: low }];
  const body = bodyOf({
    contacts,
    messages: [message(low, "ours"), message(high, "theirs"), later],
  });
  const misdirected = { here: ["wamid.later"], there: [`wamid.${low}`] };
  const { messages, others, forwards } = await share(body, 50, misdirected);
  assert.deepEqual(messages.map(({ message_id }) => message_id), ["wamid.later"]);
  assert.deepEqual(others.map(({ message_id }) => message_id), [`wamid.${low}`, `wamid.${high}`]);
  assert.deepEqual(
    JSON.parse(Buffer.from(forwards[0]?.body_base64 ?? "", "base64").toString()),
    // Of whom something stays, the rest still needs the contact.
    bodyOf({ contacts, messages: [message(low, "ours"), message(high, "theirs")] }),
  );
});

Deno.test("shareWebhook() gives every message to one side, whoever writes what", async () => {
  const people = Array.from({ length: 12 }, (_, index) => String(250788100000 + 7919 * index));
  const anyMessage = fc.record({
    from: fc.constantFrom(...people),
    tapped: fc.constantFrom("", `mobility2:arrive:${OUTBOX_ID}`, "mobility2:menu:ride", "theirs"),
  });
  await fc.assert(fc.asyncProperty(
    fc.array(anyMessage, { maxLength: 8 }),
    fc.nat(100),
    fc.tuple(fc.array(fc.nat(7)), fc.array(fc.nat(7))),
    async (said, percent, [here, there]) => {
      const messages = said.map(({ from, tapped }, index) => ({
        ...(tapped === "" ? message(from, "hello") : tap(from, tapped)),
        id: `wamid.${index}`,
      }));
      const ids = (indexes: number[]): string[] => indexes.map((index) => `wamid.${index}`);
      const misdirected = { here: ids(here), there: ids(there) };
      const shared = await share(bodyOf({ messages }), percent, misdirected);
      const forwarded = shared.forwards.flatMap(({ body_base64 }) =>
        parseWebhook(JSON.parse(Buffer.from(body_base64, "base64").toString())).messages
      );
      const mine = shared.messages.map(({ message_id }) => message_id);
      const theirs = forwarded.map(({ message_id }) => message_id);
      assert.deepEqual(shared.others.map(({ message_id }) => message_id), theirs);
      assert.deepEqual([...mine, ...theirs].toSorted(), messages.map(({ id }) => id).toSorted());
      // In the order in which they came.
      assert.deepEqual([mine, theirs], [mine.toSorted(), theirs.toSorted()]);
    },
  ));
});
