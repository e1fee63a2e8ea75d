import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { bucketOf } from "../../../shared/webhook/rollout.ts";
import { shareWebhook } from "../../../shared/webhook/split.ts";
import { parseWebhook, signBody, verifySignature } from "../../../shared/whatsapp/mod.ts";

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
async function share(body: Json, percent: number): Promise<
  Awaited<ReturnType<typeof shareWebhook>> & { bytes: Uint8Array; signature: string }
> {
  const bytes = new TextEncoder().encode(JSON.stringify(body, undefined, 1));
  const signature = await signBody(appSecret, bytes);
  const webhook = { bytes, signature, body, parsed: parseWebhook(body) };
  return { bytes, signature, ...await shareWebhook(webhook, { percent, appSecret }) };
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
