import assert from "node:assert/strict";
import { z } from "zod";
import { signature } from "../../../../scripts/stack/graph/webhook-sender.ts";
import { ALINE, NUMBER, openWorld, SECRET, until, type World } from "./graph-client.ts";

const HI = { type: "text", text: { body: "Hi" } };
const refusal = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.number(),
    error_data: z.object({ details: z.string() }),
    fbtrace_id: z.string(),
  }),
});

function codeOf(body: unknown): number {
  return refusal.parse(body).error.code;
}

Deno.test("the stand-in answers a message as Meta does, and reports its statuses in order", async () => {
  await using world = await openWorld();
  await world.control("phone", { from: ALINE, content: { kind: "text", text: "Hi" } });
  const { status, body, id } = await world.send({ ...HI, biz_opaque_callback_data: "outbox:1" });
  assert.equal(status, 200);
  assert.match(id, /^wamid\./);
  assert.deepEqual(body, {
    messaging_product: "whatsapp",
    contacts: [{ input: "250788000001", wa_id: "250788000001" }],
    messages: [{ id }],
  });
  await until(() => world.statuses().length === 3);
  assert.deepEqual(world.statuses(), [`${id} sent`, `${id} delivered`, `${id} read`]);
  const text = JSON.stringify(world.posts.map(({ body }) => body));
  assert.match(text, /"recipient_id":"250788000001","recipient_user_id":"RW.1"/);
  assert.match(text, /"biz_opaque_callback_data":"outbox:1"/);
});

Deno.test("the stand-in takes a business-scoped id, and knows whose it is", async () => {
  await using world = await openWorld({ statuses: false });
  await world.control("phone", { from: ALINE, content: { kind: "text", text: "Hi" } });
  const { status, body } = await world.send({ ...HI, to: undefined, recipient: "RW.1" });
  assert.equal(status, 200);
  assert.match(JSON.stringify(body), /"contacts":\[{"input":"RW.1","user_id":"RW.1"}\]/);
  for (const to of ["RW.1", "%2B250788000001", "250788000001"]) {
    assert.match(JSON.stringify(await world.control(`messages?to=${to}`)), /"body":"Hi"/, to);
  }
  assert.deepEqual(await world.control("messages?to=250788000002"), { messages: [], last: 0 });
});

Deno.test("the stand-in refuses a wrong token, number and body with Meta's codes", async () => {
  await using world = await openWorld();
  const url = `${world.url}/v26.0/${NUMBER}/messages`;
  const stranger = await fetch(url, { method: "POST", body: JSON.stringify(HI) });
  assert.equal(stranger.status, 401);
  assert.equal(codeOf(await stranger.json()), 190);
  const headers = { authorization: "Bearer test-token" };
  const elsewhere = await fetch(url.replace(NUMBER, "42"), { method: "POST", headers, body: "{}" });
  assert.equal(codeOf(await elsewhere.json()), 100);
  const broken = await fetch(url, { method: "POST", headers, body: "{" });
  assert.equal(codeOf(await broken.json()), 100);
  const empty = await world.send({ type: "text", text: { body: "" } });
  assert.equal(empty.status, 400);
  assert.equal(codeOf(empty.body), 131009);
  assert.deepEqual(await world.control("messages?to=250788000001"), { messages: [], last: 0 });
});

Deno.test("phone posts what Meta would: escaped, signed over its bytes, with both ids", async () => {
  await using world = await openWorld();
  const sent_at = "2026-11-23T10:00:00Z";
  const answer = await world.control("phone", {
    from: ALINE,
    content: { kind: "text", text: "Hé 🚗" },
    message_id: "wamid.IN1",
    sent_at,
  });
  assert.deepEqual(answer, { status: 200, message_id: "wamid.IN1" });
  const [post] = world.posts;
  assert.ok(post !== undefined);
  assert.equal(post.signature, signature(post.bytes, SECRET));
  assert.match(new TextDecoder().decode(post.bytes), /"H\\u00e9 \\ud83d\\ude97"/);
  assert.deepEqual(post.body, {
    object: "whatsapp_business_account",
    entry: [{
      id: "200000000000002",
      changes: [{
        value: {
          messaging_product: "whatsapp",
          metadata: { phone_number_id: NUMBER, display_phone_number: "15550100001" },
          contacts: [{ profile: { name: "Aline É" }, wa_id: "250788000001", user_id: "RW.1" }],
          messages: [{
            from: "250788000001",
            from_user_id: "RW.1",
            id: "wamid.IN1",
            timestamp: "1795428000",
            type: "text",
            text: { body: "Hé 🚗" },
          }],
        },
        field: "messages",
      }],
    }],
  });
});

Deno.test("signature() is Meta's", () => {
  const bytes = new TextEncoder().encode('{"object":"whatsapp_business_account","entry":[]}');
  assert.equal(
    signature(bytes, SECRET),
    "sha256=c84a394cc475525991e78ff16e430b02e47f953877d2af0ade26956ce6f384dc",
  );
});

Deno.test("phone sends a tap as what was offered, answering the message that offered it", async () => {
  await using world = await openWorld({ statuses: false });
  const button = await world.send({
    type: "interactive",
    interactive: {
      type: "button",
      body: { text: "?" },
      action: { buttons: [{ type: "reply", reply: { id: "menu:ride", title: "Ride" } }] },
    },
  });
  const list = await world.send({
    type: "interactive",
    interactive: {
      type: "list",
      body: { text: "?" },
      action: { button: "Choose", sections: [{ rows: [{ id: "veh:moto", title: "Moto" }] }] },
    },
  });
  const payload = { type: "payload", payload: "again:42" };
  const component = { type: "button", sub_type: "quick_reply", index: 0, parameters: [payload] };
  const template = await world.send({
    type: "template",
    template: { name: "ride_update", language: { code: "en" }, components: [component] },
  });
  for (const id of ["menu:ride", "veh:moto", "again:42"]) {
    await world.control("phone", { from: ALINE, content: { kind: "reply", id, title: "T" } });
  }
  const [first, second, third] = world.posts.map(({ body }) => JSON.stringify(body));
  assert.ok(first?.includes(`"id":"${button.id}"`));
  assert.match(first ?? "", /"button_reply":{"id":"menu:ride","title":"T"}/);
  assert.ok(second?.includes(`"id":"${list.id}"`));
  assert.match(second ?? "", /"list_reply":{"id":"veh:moto","title":"T"}/);
  assert.ok(third?.includes(`"id":"${template.id}"`));
  assert.match(third ?? "", /"button":{"payload":"again:42","text":"T"}/);
});

Deno.test("phone sends locations, contact cards and whatever else it is given", async () => {
  await using world = await openWorld();
  const contents = [
    { kind: "location", lat: -1.9441, lng: 30.0619, name: "Kigali Heights" },
    { kind: "contacts", contacts: [{ name: "Ann", phone: "+250 788 000 009" }] },
    { kind: "raw", message: { type: "unsupported", errors: [{ code: 131051 }] } },
  ];
  for (const content of contents) await world.control("phone", { from: ALINE, content });
  const [first, second, third] = world.posts.map(({ body }) => JSON.stringify(body));
  assert.match(
    first ?? "",
    /"location":{"latitude":-1.9441,"longitude":30.0619,"name":"Kigali Heights"}/,
  );
  assert.match(second ?? "", /"phones":\[{"phone":"\+250788000009","type":"CELL"/);
  assert.match(third ?? "", /"type":"unsupported","errors":\[{"code":131051}\]/);
});

Deno.test("phone posts again what was not answered with 200, unless told not to", async () => {
  await using world = await openWorld();
  const statuses = [503, 500, 200];
  world.answer = () => new Response(null, { status: statuses.shift() ?? 200 });
  const content = { kind: "text", text: "Hi" };
  const answer = await world.control("phone", { from: ALINE, content, message_id: "wamid.IN1" });
  assert.deepEqual(answer, { status: 503, message_id: "wamid.IN1" });
  await until(() => world.posts.length === 3);
  assert.equal(new Set(world.posts.map(({ signature }) => signature)).size, 1);
  world.answer = () => new Response(null, { status: 401 });
  await world.control("phone", { from: ALINE, content, redeliver: false });
  await world.control("phone", { from: ALINE, content, redeliver: false });
  assert.equal(world.posts.length, 5);
});

Deno.test("messages waits for the next one when asked to", async () => {
  await using world = await openWorld();
  const first = await world.send(HI);
  const waiting = world.control("messages?to=250788000001&after=1000&wait=1");
  const next = lastMessage(world, { after: 0 });
  assert.equal((await next).message_id, first.id);
  await world.standIn.close();
  assert.deepEqual(await waiting, { messages: [], last: 1000 });
});

Deno.test("messages gives a message that comes while it waits", async () => {
  await using world = await openWorld({ statuses: false });
  const { n } = await world.send(HI).then(() => lastMessage(world, { after: 0 }));
  const waiting = lastMessage(world, { after: n });
  const second = await world.send({ type: "text", text: { body: "Second" } });
  assert.equal((await waiting).message_id, second.id);
});

const answered = z.object({
  messages: z.array(z.object({ n: z.number(), message_id: z.string() })).min(1),
});

async function lastMessage(
  world: World,
  { after }: { after: number },
): Promise<{ n: number; message_id: string }> {
  const answer = await world.control(`messages?to=250788000001&after=${after}&wait=1`);
  const last = answered.parse(answer).messages.at(-1);
  assert.ok(last !== undefined);
  return last;
}

Deno.test("the stand-in keeps the last messages of a person", async () => {
  await using world = await openWorld({ statuses: false, keep: 3 });
  for (const body of ["a", "b", "c", "d"]) await world.send({ type: "text", text: { body } });
  const text = JSON.stringify(await world.control("messages?to=250788000001"));
  assert.match(text, /"body":"d"/);
  assert.doesNotMatch(text, /"body":"b"/);
});

Deno.test("control refuses what a web page of another origin could post", async () => {
  await using world = await openWorld();
  const response = await fetch(`${world.url}/standin/phone`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: JSON.stringify({ from: ALINE, content: { kind: "text", text: "Hi" } }),
  });
  await response.body?.cancel();
  assert.equal(response.status, 415);
  const preflight = await fetch(`${world.url}/standin/phone`, { method: "OPTIONS" });
  await preflight.body?.cancel();
  assert.equal(preflight.status, 404);
  assert.equal(preflight.headers.get("access-control-allow-origin"), null);
  assert.equal(world.posts.length, 0);
});

Deno.test("a caller who goes away in the middle of a body, or of a stream, does no harm", async () => {
  await using world = await openWorld({ statuses: false });
  const { hostname, port } = new URL(world.url);
  const head = `POST /v26.0/${NUMBER}/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{`;
  const slow = await Deno.connect({ hostname, port: Number(port) });
  await slow.write(new TextEncoder().encode(head));
  const stream = await fetch(`${world.url}/standin/events`);
  await stream.body?.cancel();
  slow.close();
  assert.equal((await world.send(HI)).status, 200);
});
