import assert from "node:assert/strict";
import { type ClaimedDelivery, postDelivery } from "../../../shared/outbox/post-delivery.ts";
import { signBody } from "../../../shared/whatsapp/mod.ts";

const bytes = new Uint8Array([0, 255, 123, 34, 13, 10, 0xc3]);
const urls = { v1: "https://v1.test/hook?x=1", sos: undefined };

const delivery: ClaimedDelivery = {
  id: "00000000-0000-4000-8000-000000000001",
  lease: "00000000-0000-4000-8000-000000000002",
  target: "v1",
  body_base64: btoa(String.fromCharCode(...bytes)),
  headers: { "x-hub-signature-256": "sha256=abc", "content-type": "application/json" },
  attempts: 0,
};

function answering(status: number): typeof fetch {
  return () => Promise.resolve(new Response("whatever", { status }));
}

Deno.test("postDelivery() posts the bytes as they were, with their headers, and follows no redirect", async () => {
  const seen: Request[] = [];
  const result = await postDelivery(delivery, {
    urls,
    fetch: (input, init) => {
      seen.push(new Request(input, init));
      return Promise.resolve(new Response(null, { status: 204 }));
    },
  });
  assert.equal(result.outcome, "sent");
  assert.deepEqual([result.id, result.lease], [delivery.id, delivery.lease]);
  const [request] = seen;
  assert.ok(request);
  assert.deepEqual(
    [request.method, request.url, request.redirect],
    ["POST", urls.v1, "manual"],
  );
  assert.equal(request.headers.get("x-hub-signature-256"), "sha256=abc");
  assert.equal(request.headers.get("content-type"), "application/json");
  assert.deepEqual([...await request.bytes()], [...bytes]);
});

Deno.test("postDelivery() tries again after anything but a 2xx, later each time, within bounds", async () => {
  for (const status of [302, 400, 401, 404, 429, 500, 503]) {
    const result = await postDelivery(delivery, { urls, fetch: answering(status) });
    assert.deepEqual([result.outcome, "error_detail" in result && result.error_detail], [
      "retry",
      `HTTP ${status}`,
    ]);
  }
  for (
    const [attempts, least, most] of [[0, 0.75, 1.25], [5, 24, 40], [100, 2700, 4500]] as const
  ) {
    const result = await postDelivery({ ...delivery, attempts }, { urls, fetch: answering(500) });
    assert.ok(result.outcome === "retry");
    assert.ok(result.retry_after_s >= least && result.retry_after_s <= most, `${attempts}`);
  }
  const sos = await postDelivery({ ...delivery, target: "sos", attempts: 20 }, {
    urls: { ...urls, sos: "https://sos.test" },
    fetch: answering(500),
  });
  assert.ok(sos.outcome === "retry" && sos.retry_after_s <= 37.5, "help is not kept waiting");
});

Deno.test("postDelivery() keeps an event of V1 for seven days, then gives up with the last reason", async () => {
  let days = 0;
  for (let attempts = 0;; attempts++) {
    const result = await postDelivery({ ...delivery, attempts }, { urls, fetch: answering(500) });
    if (result.outcome === "dead") {
      assert.equal(result.error_detail, "HTTP 500");
      break;
    }
    assert.ok(result.outcome === "retry");
    days += result.retry_after_s / 86_400;
  }
  assert.ok(days > 6.5 && days < 7.5, `${days} days`);
});

Deno.test("postDelivery() names the error of a system that cannot be reached, and not its address", async () => {
  const result = await postDelivery(delivery, {
    urls,
    fetch: () => Promise.reject(new TypeError("cannot connect to https://v1.test")),
  });
  assert.ok(result.outcome === "retry");
  assert.equal(result.error_detail, "TypeError");
});

Deno.test("postDelivery() gives up at once where no hook is configured, and calls nobody", async () => {
  const result = await postDelivery({ ...delivery, target: "sos" }, {
    urls,
    fetch: () => assert.fail("called somebody"),
  });
  assert.deepEqual([result.outcome, "error_detail" in result && result.error_detail], [
    "dead",
    "no hook configured",
  ]);
});

Deno.test("postDelivery signs an SOS with the operator's secret, and nothing of V1's", async () => {
  const seen: (string | null)[] = [];
  const record: typeof fetch = (_, init) => {
    seen.push(new Headers(init?.headers).get("x-mobility-signature-256"));
    return Promise.resolve(new Response());
  };
  const options = { urls: { v1: "https://v1.test", sos: "https://sos.test" }, fetch: record };
  const sosSecret = "a secret of the operator";
  const body = new TextEncoder().encode("{}");
  const post = { ...delivery, body_base64: btoa("{}") };
  await postDelivery({ ...post, target: "sos" }, { ...options, sosSecret });
  await postDelivery({ ...post, target: "sos" }, options);
  await postDelivery({ ...post, target: "v1" }, { ...options, sosSecret });
  assert.deepEqual(seen, [await signBody(sosSecret, body), null, null]);
});
