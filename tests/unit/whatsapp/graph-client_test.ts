import assert from "node:assert/strict";
import { GraphClient, type SendOutcome, toGraphBody } from "../../../shared/whatsapp/mod.ts";

const token = "EAAGm0PX4ZCpsBAKZCdbCZA";
const to = { whatsapp_user_id: null, phone: "+250788000001" };
const callback = { callbackData: "outbox:3f2f8a54-5a0f-4a33-9f6e-0b7a3c1d2e4f" };
const text = toGraphBody({ type: "text", body: "Jean is near" }, to, callback);
const template = toGraphBody(
  { type: "template", name: "hello", language: "en", parameters: ["Jean"] },
  to,
  callback,
);

/** A client of a Graph API that answers as told. */
function clientOf(answer: (request: Request) => Response | Promise<Response>): GraphClient {
  return new GraphClient({
    graphUrl: "https://graph.example/v26.0/",
    phoneNumberId: "100000000000001",
    accessToken: token,
    deadlineMs: 1000,
    fetch: (input, init) => Promise.resolve(answer(new Request(input, init))),
  });
}

function refusing(
  status: number,
  error: Record<string, unknown> | string,
  headers: Record<string, string> = {},
): GraphClient {
  const body = typeof error === "string" ? error : JSON.stringify({ error });
  return clientOf(() => new Response(body, { status, headers }));
}

/** The outcome without its text. */
function summary(outcome: SendOutcome): unknown[] {
  const code = "error_code" in outcome ? [outcome.error_code] : [];
  return [outcome.outcome, ...code, ...("retry_after_s" in outcome ? [outcome.retry_after_s] : [])];
}

Deno.test("GraphClient.send posts the body as JSON, with the token, to the number's messages", async () => {
  let request: Request | undefined;
  const client = clientOf((received) => {
    request = received;
    return Response.json({ messaging_product: "whatsapp", messages: [{ id: "wamid.1" }] });
  });
  assert.deepEqual(await client.send(text), { outcome: "sent", message_id: "wamid.1" });
  assert.equal(request?.url, "https://graph.example/v26.0/100000000000001/messages");
  assert.equal(request.method, "POST");
  assert.equal(request.headers.get("authorization"), `Bearer ${token}`);
  assert.equal(request.headers.get("content-type"), "application/json");
  assert.deepEqual(await request.json(), text);
});

Deno.test("GraphClient refuses a URL or token that no request can have", () => {
  const options = {
    graphUrl: "https://a.example",
    phoneNumberId: "1",
    accessToken: "a",
    deadlineMs: 1,
  };
  assert.throws(() => new GraphClient({ ...options, graphUrl: "a.example" }), TypeError);
  assert.throws(() => new GraphClient({ ...options, accessToken: "a\nb" }), TypeError);
});

Deno.test("GraphClient.send does not know what a 200 without a message id means", async () => {
  for (const body of ["", "{", "null", "{}", '{"messages":[]}', '{"messages":[{"id":""}]}']) {
    const outcome = await clientOf(() => new Response(body)).send(text);
    assert.deepEqual(outcome, {
      outcome: "unknown",
      error_detail: "HTTP 200 without a message id",
    });
  }
});

const codes: [string, number, number[], unknown[]][] = [
  ["is tried soon again", 500, [1, 2, 131000, 131016, 133004], ["retry", 2]],
  ["is tried later again", 400, [4, 80007, 130429], ["retry", 5]],
  ["is tried again after 4^0 s", 400, [131056], ["retry", 1]],
  [
    "waits until the account is mended",
    400,
    [0, 3, 10, 33, 190, 200, 299, 368, 131005, 131031, 131042, 131045, 131048, 131057, 133010],
    ["hold", 60],
  ],
  [
    "is dead",
    400,
    [100, 130472, 131008, 131009, 131021, 131026, 131030, 131049, 131051, 131062, 132001, 135000],
    ["dead"],
  ],
];

for (const [what, status, values, [outcome, ...delay]] of codes) {
  for (const code of values) {
    Deno.test(`GraphClient.send: code ${code} ${what}`, async () => {
      const result = await refusing(status, { code, message: `(#${code}) No` }).send(text);
      assert.deepEqual(summary(result), [outcome, code, ...delay]);
      assert.equal("error_detail" in result && result.error_detail, `HTTP ${status}: No`);
    });
  }
}

Deno.test("GraphClient.send: the code decides, not the status", async () => {
  const result = await refusing(500, { code: 131026 }).send(text);
  assert.deepEqual(summary(result), ["dead", 131026]);
});

Deno.test("GraphClient.send: code 131047 asks for a template, unless it was one", async () => {
  const client = refusing(400, { code: 131047, message: "Re-engagement message" });
  assert.deepEqual(await client.send(text), { outcome: "template", error_code: 131047 });
  assert.deepEqual(summary(await client.send(template)), ["dead", 131047]);
});

Deno.test("GraphClient.send: code 100 on the number itself is the account's trouble", async () => {
  const result = await refusing(400, { code: 100, error_subcode: 33 }).send(text);
  assert.deepEqual(summary(result), ["hold", 100, 60]);
});

Deno.test("GraphClient.send: without a code that is known the status decides", async () => {
  const statuses: [number, unknown[]][] = [
    [302, ["hold", null, 60]],
    [400, ["dead", null]],
    [401, ["hold", null, 60]],
    [403, ["hold", null, 60]],
    [404, ["hold", null, 60]],
    [408, ["retry", null, 2]],
    [413, ["dead", null]],
    [429, ["retry", null, 5]],
    [500, ["retry", null, 2]],
    [502, ["retry", null, 2]],
    [503, ["retry", null, 2]],
    [504, ["unknown"]],
  ];
  for (const [status, expected] of statuses) {
    for (const body of ["", "<html>", "[]"]) {
      assert.deepEqual(summary(await refusing(status, body).send(text)), expected, `${status}`);
    }
  }
  assert.deepEqual(summary(await refusing(400, { code: 999999 }).send(text)), ["dead", 999999]);
  assert.deepEqual(summary(await refusing(503, { code: 999999 }).send(text)), ["retry", 999999, 2]);
});

Deno.test("GraphClient.send waits longer each time, but not for ever", async () => {
  const waits: [number, string, number[]][] = [
    [131056, "retry", [1, 4, 16, 64, 256, 256]],
    [130429, "retry", [5, 10, 20, 40, 80, 160]],
    [131000, "retry", [2, 4, 8, 16, 32, 60]],
    [190, "hold", [60, 60]],
  ];
  for (const [code, outcome, seconds] of waits) {
    const client = refusing(400, { code });
    for (const [attempts, wait] of seconds.entries()) {
      assert.deepEqual(summary(await client.send(text, { attempts })), [outcome, code, wait]);
    }
  }
  assert.deepEqual(summary(await refusing(429, "").send(text, { attempts: 1e6 })), [
    "retry",
    null,
    300,
  ]);
});

Deno.test("GraphClient.send waits as long as it is told to, up to 15 minutes", async () => {
  const told: [string, number][] = [["30", 30], ["1", 5], ["86400", 900], ["soon", 5], ["-1", 5]];
  for (const [header, wait] of told) {
    const client = refusing(429, { code: 130429 }, { "retry-after": header });
    assert.deepEqual(summary(await client.send(text)), ["retry", 130429, wait]);
  }
});

Deno.test("GraphClient.send repeats nobody's name, number, text or token in an error", async () => {
  const result = await refusing(400, {
    code: 131009,
    message: "(#131009) Parameter value is not valid",
    error_data: {
      details: `Jean: "Jean is near" to 250788000001 by ${token}: of ${"too long, ".repeat(50)}`,
    },
  }).send(template);
  assert.ok(result.outcome === "dead");
  assert.match(
    result.error_detail,
    /^HTTP 400: Parameter value is not valid: …: "…" to … by …: of/,
  );
  assert.equal(result.error_detail.length, 300);
  const plain = await refusing(400, { code: 132000, error_data: "expected 2, got 1" }).send(text);
  assert.ok(plain.outcome === "dead");
  assert.equal(plain.error_detail, "HTTP 400: expected 2, got 1");
});

Deno.test("GraphClient.markRead says whether it was marked, with the typing indicator if wanted", async () => {
  const bodies: unknown[] = [];
  const client = clientOf(async (request) => {
    bodies.push(await request.json());
    return Response.json({ success: true });
  });
  assert.equal(await client.markRead("wamid.1", { typing: false }), true);
  assert.equal(await client.markRead("wamid.1", { typing: true }), true);
  const read = { messaging_product: "whatsapp", status: "read", message_id: "wamid.1" };
  assert.deepEqual(bodies, [read, { ...read, typing_indicator: { type: "text" } }]);
});

Deno.test("GraphClient.markRead never fails", async () => {
  const failing = [
    refusing(400, { code: 100 }),
    clientOf(() => new Response("{")),
    clientOf(() => Response.json({ success: false })),
    clientOf(() => Promise.reject(new TypeError("fetch failed"))),
  ];
  for (const client of failing) {
    assert.equal(await client.markRead("wamid.1", { typing: false }), false);
  }
});
