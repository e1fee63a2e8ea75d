import assert from "node:assert/strict";
import { GraphClient, type SendOutcome, toGraphBody } from "../../../shared/whatsapp/mod.ts";
import { httpAnswer, serveWire } from "./wire-server.ts";

// What only a real connection shows: where it breaks decides whether a message may be sent again.

const text = toGraphBody(
  { type: "text", body: "Hi" },
  { whatsapp_user_id: "RW.1", phone: null },
  { callbackData: "outbox:3f2f8a54-5a0f-4a33-9f6e-0b7a3c1d2e4f" },
);
const accepted = httpAnswer("200 OK", '{"messages":[{"id":"wamid.1"}]}');
const sent: SendOutcome = { outcome: "sent", message_id: "wamid.1" };

function clientAt(graphUrl: string, deadlineMs = 5000): GraphClient {
  return new GraphClient({ graphUrl, phoneNumberId: "1", accessToken: "hush", deadlineMs });
}

/** What the client makes of one answer. */
async function sendTo(answer: string, deadlineMs = 5000): Promise<SendOutcome> {
  await using server = serveWire([answer]);
  const outcome = await clientAt(server.url, deadlineMs).send(text);
  assert.equal(server.received(), 1);
  return outcome;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("GraphClient.send understands a whole answer", async () => {
  assert.deepEqual(await sendTo(accepted), sent);
});

Deno.test("GraphClient.send tries again when nobody listens, answers to the name, or speaks TLS", async () => {
  await using server = serveWire([]);
  const urls = [
    `http://127.0.0.1:${freePort()}`,
    `https://127.0.0.1:${freePort()}`,
    "http://no-such-host.invalid",
    server.url.replace("http:", "https:"),
  ];
  for (const url of urls) {
    const outcome = await clientAt(url).send(text, { attempts: 1 });
    assert.ok(outcome.outcome === "retry", `${url}: ${JSON.stringify(outcome)}`);
    assert.deepEqual([outcome.error_code, outcome.retry_after_s], [null, 4]);
    assert.match(outcome.error_detail, /client error \(Connect\)/);
    assert.doesNotMatch(outcome.error_detail, /127\.0\.0\.1|invalid:|hush/);
  }
  assert.equal(server.received(), 0);
});

Deno.test("GraphClient.send does not know what became of a request that was not answered whole", async () => {
  const broken: Record<string, string> = {
    "nothing": "✂",
    "half a head": "HTTP/1.1 200 O✂",
    "another protocol": "220 mail.example ESMTP\r\n✂",
    "half a body": accepted.slice(0, -5) + "✂",
    "a head": accepted.slice(0, accepted.indexOf("{")) + "✂",
  };
  for (const [what, answer] of Object.entries(broken)) {
    const outcome = await sendTo(answer);
    assert.equal(outcome.outcome, "unknown", `${what}: ${JSON.stringify(outcome)}`);
  }
});

Deno.test("GraphClient.send does not know what became of a request that was not answered in time", async () => {
  for (const answer of ["…", "HTTP/1.1 200 O…", accepted.slice(0, -5) + "…"]) {
    const outcome = await sendTo(answer, 200);
    assert.equal(outcome.outcome, "unknown", JSON.stringify(outcome));
  }
});

Deno.test("GraphClient.send goes by the status of an error that breaks off", async () => {
  const error = httpAnswer("500 Internal Server Error", '{"error":{"code":131000}}');
  assert.deepEqual(await sendTo(error), {
    outcome: "retry",
    error_code: 131000,
    error_detail: "HTTP 500",
    retry_after_s: 2,
  });
  assert.deepEqual(await sendTo(error.slice(0, -5) + "✂"), {
    outcome: "retry",
    error_code: null,
    error_detail: "HTTP 500",
    retry_after_s: 2,
  });
});

Deno.test("GraphClient.send sends once, also on a kept connection that breaks after the request", async () => {
  await using server = serveWire([accepted, "✂", accepted]);
  const client = clientAt(server.url);
  assert.deepEqual(await client.send(text), sent);
  const outcome = await client.send(text);
  assert.equal(outcome.outcome, "unknown");
  assert.equal(server.received(), 2);
  assert.deepEqual(await client.send(text), sent);
});

Deno.test("GraphClient.send uses a new connection when a kept one was closed in between", async () => {
  await using server = serveWire([accepted + "✂", accepted + "✂"]);
  const client = clientAt(server.url);
  assert.deepEqual(await client.send(text), sent);
  assert.deepEqual(await client.send(text), sent);
});

Deno.test("GraphClient.send tells its length, and does not follow redirects", async () => {
  const seen: unknown[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const length = Number(request.headers.get("content-length"));
      seen.push([
        new URL(request.url).pathname,
        length === (await request.arrayBuffer()).byteLength,
      ]);
      return new Response(null, { status: 307, headers: { location: "/elsewhere" } });
    },
  );
  const outcome = await clientAt(`http://127.0.0.1:${server.addr.port}`).send(text);
  assert.equal(outcome.outcome, "hold");
  assert.deepEqual(seen, [["/1/messages", true]]);
});

Deno.test("GraphClient.markRead is false when the connection breaks", async () => {
  await using server = serveWire(["✂"]);
  assert.equal(await clientAt(server.url).markRead("wamid.1", { typing: true }), false);
});
