import assert from "node:assert/strict";
import { signBody } from "../../../shared/whatsapp/mod.ts";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import { messageOf, metaBody, postWebhook } from "../../support/chat/webhook-post.ts";
import { expectCode } from "../../support/http.ts";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";

const WEBHOOK = "whatsapp-webhook";
const LARGEST = 3 * 1024 * 1024;

/** Who may post, how much, and what becomes of nonsense that is signed. */
export function signatureSuite({ test }: ChatSuite): void {
  test("what Meta did not sign gets 401 and touches nothing", async (world) => {
    const bytes = hello(world);
    const secret = world.info.whatsapp_app_secret;
    const good = await signBody(secret, bytes);
    const flipped = (at: number): Uint8Array =>
      bytes.map((byte, index) => index === at ? byte ^ 1 : byte);
    const before = await fingerprintTables(world.sql);
    const headers: (string | null)[] = [
      null,
      "",
      "sha256=",
      good.slice("sha256=".length),
      good.toUpperCase(),
      good.replace("sha256", "sha1"),
      good.slice(0, -1),
      `${good}0`,
      ` ${good.slice(0, -1)}`,
      good.replace(/.$/, (digit) => digit === "0" ? "1" : "0"),
      good.replace(/=./, (start) => start === "=0" ? "=1" : "=0"),
      await signBody(`${secret}x`, bytes),
      await signBody(secret, new Uint8Array()),
      "sha256=" + "0".repeat(64),
    ];
    for (const signature of headers) await expect401(world, bytes, signature);
    for (const at of [0, 1, Math.floor(bytes.length / 2), bytes.length - 1]) {
      await expect401(world, flipped(at), good);
    }
    await expect401(world, bytes.slice(0, -1), good);
    await expect401(world, new Uint8Array([...bytes, 10]), good);
    await expect401(world, new Uint8Array(), good);
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing was touched");
    assert.equal((await postWebhook(world, bytes)).status, 200, "the body itself is fine");
    await world.settle();
    assert.notDeepEqual(await fingerprintTables(world.sql), before);
  });

  test("a body above 3 MiB gets 413 and touches nothing, one below is read", async (world) => {
    const before = await fingerprintTables(world.sql);
    const large = new TextEncoder().encode(JSON.stringify({ entry: "x".repeat(LARGEST) }));
    expectCode(
      await world.http.post(WEBHOOK, {
        as: "nobody",
        raw: large,
        headers: { "x-hub-signature-256": await signBody(world.info.whatsapp_app_secret, large) },
      }),
      "PAYLOAD_TOO_LARGE",
    );
    // Without a length that tells beforehand.
    const streamed = await fetch(world.info.webhook_url, {
      method: "POST",
      headers: { "x-hub-signature-256": await signBody(world.info.whatsapp_app_secret, large) },
      body: new Blob([large]).stream(),
    });
    assert.equal(streamed.status, 413);
    await streamed.body?.cancel();
    const allowed = new TextEncoder().encode(JSON.stringify({ a: "é".repeat(1_400_000) }));
    assert.ok(allowed.length > 2_500_000 && allowed.length < LARGEST);
    assert.equal((await postWebhook(world, allowed)).status, 200);
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing was touched");
  });

  test("signed nonsense is taken and forgotten: it would only come again", async (world) => {
    const before = await fingerprintTables(world.sql);
    const nonsense = [
      "",
      "null",
      "[]",
      "{}",
      "{",
      '"text"',
      "\u0000",
      '{"object":"whatsapp_business_account","entry":[]}',
      '{"entry":[{"changes":[{"field":"messages","value":{"messages":[{"id":5}],"statuses":[null]}}]}]}',
      "[".repeat(20_000) + "]".repeat(20_000),
      `{"entry":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
    ];
    for (const text of nonsense) {
      const { status } = await postWebhook(world, new TextEncoder().encode(text));
      assert.equal(status, 200, text.slice(0, 40));
    }
    assert.equal((await postWebhook(world, new Uint8Array([0xff, 0xfe, 0x7b]))).status, 200);
    assert.deepEqual(await fingerprintTables(world.sql), before, "nothing was touched");
  });

  test("GET answers Meta's question with its challenge, and nobody else's", async (world) => {
    const token = world.info.whatsapp_verify_token;
    const ask = (query: Record<string, string>): ReturnType<typeof world.http.get> =>
      world.http.get(`${WEBHOOK}?${new URLSearchParams(query)}`, { as: "nobody" });
    const right = {
      "hub.mode": "subscribe",
      "hub.verify_token": token,
      "hub.challenge": "1158201444",
    };
    const answer = await ask(right);
    assert.equal(answer.status, 200);
    assert.equal(answer.text, "1158201444");
    for (
      const wrong of [
        {},
        { ...right, "hub.verify_token": `${token}x` },
        { ...right, "hub.verify_token": "" },
        { ...right, "hub.mode": "unsubscribe" },
        { ...right, "hub.challenge": "" },
        { ...right, "hub.challenge": "<script>é</script>" },
      ]
    ) {
      assert.equal((await ask(wrong)).status, 403, JSON.stringify(wrong));
    }
  });

  test("only the service may have the worker work", async (world) => {
    const path = `${WEBHOOK}/work`;
    expectCode(await world.http.post(path, { as: "nobody", body: {} }), "UNAUTHENTICATED");
    const user = { user: crypto.randomUUID() };
    expectCode(await world.http.post(path, { as: user, body: {} }), "FORBIDDEN");
    assert.equal((await world.http.post(path, { body: {} })).status, 200);
  });
}

function hello(world: ChatWorld): Uint8Array {
  return metaBody(messageOf(world.phone().identity, { kind: "text", text: "Hello" }));
}

async function expect401(
  world: ChatWorld,
  bytes: Uint8Array,
  signature: string | null,
): Promise<void> {
  const { status, text } = await postWebhook(world, bytes, { signature });
  assert.equal(status, 401, `${signature} -> ${text}`);
  assert.match(text, /"UNAUTHENTICATED"/);
}
