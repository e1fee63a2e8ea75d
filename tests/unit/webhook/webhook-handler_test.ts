import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { z } from "zod";
import { createPlatform, readWhatsAppConfig } from "../../../shared/platform/mod.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";
import { createWebhookHandler } from "../../../shared/webhook/mod.ts";
import { signBody } from "../../../shared/whatsapp/mod.ts";

const APP_SECRET = "test-app-secret";
const JWT_SECRET = "a shared secret of at least 32 characters";
const MESSAGE = {
  from: "250788000001",
  from_user_id: "RW.1000000000000000001",
  id: "wamid.1",
  timestamp: "1795429586",
  type: "text",
  text: { body: "hush, Ride please" },
};

function bodyOf(value: Record<string, unknown>): string {
  const change = { field: "messages", value: { messaging_product: "whatsapp", ...value } };
  return JSON.stringify({ object: "whatsapp_business_account", entry: [{ changes: [change] }] });
}

interface Call {
  readonly path: string;
  readonly args: unknown;
}

/** The function over a database that answers so by the name of the call, "down" where it cannot be reached. */
function scene(
  answers: Record<string, unknown> = {},
  env: Record<string, string> = {},
): {
  send: (path: string, init?: RequestInit) => Promise<Response>;
  post: (body: string | Uint8Array<ArrayBuffer>, signature?: string | null) => Promise<Response>;
  calls: Call[];
  lines: string[];
} {
  const calls: Call[] = [];
  const lines: string[] = [];
  const all: Record<string, unknown> = {
    receive_whatsapp: { stored: 1, duplicates: 0, statuses: 0 },
    claim_inbox: [],
    claim_outbox: [],
    claim_deliveries: [],
    ...answers,
  };
  const config = readWhatsAppConfig({
    SUPABASE_URL: "http://database.test",
    SUPABASE_SERVICE_ROLE_KEY: "sb_secret_1",
    JWT_SECRET,
    WHATSAPP_APP_SECRET: APP_SECRET,
    WHATSAPP_VERIFY_TOKEN: "hush-verify",
    WHATSAPP_ACCESS_TOKEN: "hush-access",
    WHATSAPP_PHONE_NUMBER_ID: "100000000000001",
    MOBILITY_TRIP_PAGE_URL: "https://mobility.test/trip",
    ...env,
  });
  const database = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const path = new URL(request.url).pathname.replace("/rest/v1/rpc/", "");
    calls.push({ path, args: await request.json() });
    if (all[path] === "down") throw new TypeError("connection refused");
    return Response.json(all[path]);
  };
  const platform = createPlatform("whatsapp-webhook", {
    config,
    fetch: database,
    writeLog: (line) => lines.push(line),
  });
  const handler = createWebhookHandler(platform, {
    config,
    strategies: createStrategies(undefined),
    fetch: () => assert.fail("nothing is to be sent here"),
  });
  const send = (path: string, init?: RequestInit): Promise<Response> =>
    handler(new Request(`http://functions.test/whatsapp-webhook${path}`, init));
  return {
    calls,
    lines,
    send,
    post: async (body, signature) => {
      const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
      const header = signature === undefined ? await signBody(APP_SECRET, bytes) : signature;
      return await send("", {
        method: "POST",
        headers: header === null ? {} : { "x-hub-signature-256": header },
        body: bytes,
      });
    },
  };
}

const error = z.object({ error: z.object({ code: z.string() }) });
const list = z.array(z.unknown());
const divided = z.object({ p_messages: list, p_deliveries: list, p_others: list });

async function codeOf(response: Response): Promise<string> {
  return error.parse(await response.json()).error.code;
}

/** Waits until the database was asked for this. */
async function until(calls: readonly Call[], path: string): Promise<void> {
  for (let turn = 0; !calls.some((call) => call.path === path); turn++) {
    assert.ok(turn < 1000, `${path} was never called`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("createWebhookHandler() lets a webhook without the right signature touch nothing", async () => {
  const body = bodyOf({ messages: [MESSAGE] });
  const right = await signBody(APP_SECRET, new TextEncoder().encode(body));
  const flipped = new TextEncoder().encode(body);
  flipped[40] = (flipped[40] ?? 0) ^ 1;
  const cases: [string | Uint8Array<ArrayBuffer>, string | null][] = [
    [body, null],
    [body, ""],
    [body, right.replace("sha256=", "")],
    [body, right.replace("sha256=", "sha1=")],
    [body, right.slice(0, -1)],
    [body, right.replace(/.$/, (digit) => digit === "0" ? "1" : "0")],
    [body, await signBody("another secret", new TextEncoder().encode(body))],
    [flipped, right],
    [`${body} `, right],
    ["not JSON", right],
  ];
  for (const [sent, signature] of cases) {
    const { post, calls, lines } = scene();
    const response = await post(sent, signature);
    assert.deepEqual([response.status, await codeOf(response)], [401, "UNAUTHENTICATED"]);
    assert.deepEqual(calls, []);
    assert.doesNotMatch(lines.join(), /hush|250788|RW\.1/);
  }
});

Deno.test("createWebhookHandler() stores all of a webhook by one call, then answers, then works", async () => {
  const { post, calls, lines } = scene();
  const outboxId = "0b7f9c52-5f4b-4f0d-8a3a-0123456789ab";
  const response = await post(bodyOf({
    contacts: [{ profile: { name: "hush" }, wa_id: "250788000001", user_id: MESSAGE.from_user_id }],
    messages: [MESSAGE],
    statuses: [{
      id: "wamid.2",
      status: "read",
      timestamp: "1795429586",
      biz_opaque_callback_data: `outbox:${outboxId}`,
    }],
  }));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { received: 2 });
  assert.deepEqual(calls[0], {
    path: "receive_whatsapp",
    args: {
      p_messages: [{
        message_id: "wamid.1",
        whatsapp_user_id: "RW.1000000000000000001",
        phone: "+250788000001",
        display_name: "hush",
        sent_at: "2026-11-23T10:26:26.000Z",
        content: { kind: "text", text: "hush, Ride please" },
      }],
      p_statuses: [{
        message_id: "wamid.2",
        outbox_id: outboxId,
        status: "read",
        at: "2026-11-23T10:26:26.000Z",
        error_code: null,
        error_detail: null,
      }],
      p_deliveries: [],
    },
  });
  await until(calls, "claim_inbox");
  assert.equal(calls.filter(({ path }) => path === "receive_whatsapp").length, 1);
  assert.doesNotMatch(lines.join(), /hush|250788|RW\.1/);
});

Deno.test("createWebhookHandler() takes what Meta signs and nobody can read, so that it does not come again", async () => {
  const bodies = ["not JSON", "", "[]", "null", '"text"', new Uint8Array([0x22, 0xff, 0x22])];
  for (const body of bodies) {
    const { post, calls, lines } = scene();
    const response = await post(body);
    assert.deepEqual([response.status, await response.json()], [200, { received: 0 }]);
    assert.deepEqual(calls, []);
    assert.match(lines.join(), /"level":"error".*"webhook_unreadable"/);
  }
  const { post, calls } = scene();
  const response = await post(
    bodyOf({ messages: [{ ...MESSAGE, type: "reaction", reaction: {} }] }),
  );
  assert.deepEqual([response.status, await response.json()], [200, { received: 0 }]);
  assert.deepEqual(calls, [], "there is nothing to store");
});

Deno.test("createWebhookHandler() has Meta come again when the database is gone", async () => {
  const { post, calls } = scene({ receive_whatsapp: "down" });
  const response = await post(bodyOf({ messages: [MESSAGE] }));
  assert.deepEqual([response.status, await codeOf(response)], [503, "SERVICE_UNAVAILABLE"]);
  assert.deepEqual(calls.map(({ path }) => path), ["receive_whatsapp"]);
});

Deno.test("createWebhookHandler() refuses a body of more than 3 MiB", async () => {
  const { post, calls } = scene();
  assert.equal((await post(new Uint8Array(3 * 1024 * 1024 + 1))).status, 413);
  assert.deepEqual(calls, []);
});

Deno.test("createWebhookHandler() stores V1's part for V1, in the same call", async () => {
  const env = { MOBILITY_V1_WEBHOOK_URL: "https://v1.test/hook" };
  const all = scene({ get_rollout: { percent: 0 } }, env);
  const body = bodyOf({ messages: [MESSAGE] });
  const response = await all.post(body);
  assert.deepEqual([response.status, await response.json()], [200, { received: 1 }]);
  assert.deepEqual(all.calls.map(({ path }) => path).slice(0, 2), [
    "get_rollout",
    "receive_whatsapp",
  ]);
  assert.deepEqual(all.calls[1]?.args, {
    p_messages: [],
    p_statuses: [],
    p_deliveries: [{
      target: "v1",
      body_base64: btoa(body),
      headers: {
        "content-type": "application/json",
        "x-hub-signature-256": await signBody(APP_SECRET, new TextEncoder().encode(body)),
      },
    }],
    p_others: [{
      message_id: "wamid.1",
      whatsapp_user_id: "RW.1000000000000000001",
      phone: "+250788000001",
    }],
  });
  await until(all.calls, "claim_deliveries");

  const unknown = scene({ get_rollout: "down" }, env);
  assert.equal((await unknown.post(body)).status, 503);
  assert.deepEqual(unknown.calls.map(({ path }) => path), ["get_rollout"]);

  const without = scene();
  assert.equal((await without.post(body)).status, 200);
  assert.ok(without.calls.every(({ path }) => path !== "get_rollout"), "without V1, all is V2's");
});

Deno.test("createWebhookHandler() answers the subscription's challenge to who knows the token", async () => {
  const ask = async (query: Record<string, string>): Promise<[number, string]> => {
    const { send, calls, lines } = scene();
    const response = await send(`?${new URLSearchParams(query)}`);
    assert.deepEqual(calls, []);
    assert.doesNotMatch(lines.join(), /hush/);
    const text = await response.text();
    if (response.ok) assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
    return [response.status, response.ok ? text : ""];
  };
  const right = {
    "hub.mode": "subscribe",
    "hub.verify_token": "hush-verify",
    "hub.challenge": "1158201444",
  };
  assert.deepEqual(await ask(right), [200, "1158201444"]);
  const wrong: Record<string, string>[] = [
    {},
    { ...right, "hub.verify_token": "" },
    { ...right, "hub.verify_token": "hush-verif" },
    { ...right, "hub.verify_token": "hush-verify2" },
    { ...right, "hub.mode": "unsubscribe" },
    { ...right, "hub.challenge": "" },
    { ...right, "hub.challenge": "x".repeat(257) },
    { ...right, "hub.challenge": "1\u0000<é>" },
  ];
  for (const query of wrong) assert.deepEqual(await ask(query), [403, ""], JSON.stringify(query));
});

Deno.test("createWebhookHandler() works at the service's word, and says what it did", async () => {
  const { send, calls } = scene();
  const work = (headers: HeadersInit): Promise<Response> =>
    send("/work", { method: "POST", headers });
  const token = await new SignJWT({ role: "authenticated" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("0b7f9c52-5f4b-4f0d-8a3a-0123456789ab")
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(JWT_SECRET));
  assert.equal((await work({})).status, 401);
  assert.equal((await work({ authorization: `Bearer ${token}` })).status, 403);
  assert.deepEqual(calls, []);
  const response = await work({ apikey: "sb_secret_1" });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { events: 0, sent: 0, failed: 0, deliveries: 0 });
  const paths = calls.map(({ path }) => path);
  assert.deepEqual(paths.toSorted(), [
    "claim_deliveries",
    "claim_inbox",
    "claim_outbox",
    "record_work",
  ]);
  assert.equal(paths.at(-1), "record_work", "when nothing is left");
  const unrecorded = scene({ record_work: "down" });
  const done = await unrecorded.send("/work", {
    method: "POST",
    headers: { apikey: "sb_secret_1" },
  });
  assert.equal(done.status, 200, "what was done stands without it");
  const down = scene({ claim_outbox: "down" });
  const failed = await down.send("/work", { method: "POST", headers: { apikey: "sb_secret_1" } });
  assert.equal(failed.status, 503);
  assert.equal(down.calls.length, 3, "one queue that cannot be read keeps no other from being");
  assert.ok(down.calls.every(({ path }) => path !== "record_work"), "that was no success");
});

Deno.test("createWebhookHandler() divides anew as the database tells, and does not do so for ever", async () => {
  const env = { MOBILITY_V1_WEBHOOK_URL: "https://v1.test/hook" };
  const held = { here: ["wamid.1"], there: [] };
  const { post, calls } = scene({ get_rollout: { percent: 0 }, receive_whatsapp: held }, env);
  assert.equal((await post(bodyOf({ messages: [MESSAGE] }))).status, 503);
  const [proposed, ...corrected] = calls.filter(({ path }) => path === "receive_whatsapp")
    .map(({ args }) => divided.parse(args))
    .map(({ p_messages, p_deliveries, p_others }) =>
      [p_messages, p_deliveries, p_others].map(({ length }) => length)
    );
  assert.deepEqual(proposed, [0, 1, 1]);
  assert.deepEqual(corrected, Array(3).fill([1, 0, 0]));
});
