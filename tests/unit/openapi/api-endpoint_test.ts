import assert from "node:assert/strict";
import { apiEndpoint } from "../../../shared/openapi/mod.ts";
import { createHandler, createPlatform, readConfig } from "../../../shared/platform/mod.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";

function handlerOf(): (request: Request) => Promise<Response> {
  const platform = createPlatform("orchestrator", {
    config: readConfig({ SUPABASE_URL: "http://x.test", SUPABASE_SERVICE_ROLE_KEY: "k" }),
    writeLog: () => {},
    fetch: () => assert.fail("the database is not asked"),
  });
  const rawEndpoints = [apiEndpoint(platform, createStrategies(undefined))];
  return createHandler(platform, {
    name: "orchestrator",
    endpoints: [],
    needsDatabase: true,
    rawEndpoints,
  });
}

function ask(
  handler: (request: Request) => Promise<Response>,
  headers: HeadersInit = {},
): Promise<Response> {
  return handler(new Request("http://functions.test/orchestrator/openapi.json", { headers }));
}

Deno.test("apiEndpoint() serves the description to anybody, from any page, to be kept for a while", async () => {
  const response = await ask(handlerOf(), { origin: "https://editor.example" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal(response.headers.get("cache-control"), "public, max-age=300");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  const text = await response.text();
  assert.match(text, /^\{"openapi":"3\.1\.1"/);
  for (const path of ["/orchestrator/trips", "/tracking/trips/{id}", "/whatsapp-webhook"]) {
    assert.ok(text.includes(`"${path}":{`), path);
  }
});

Deno.test("apiEndpoint() answers 304 to who has it already, and makes the same in every isolate", async () => {
  const handler = handlerOf();
  const first = await ask(handler);
  const etag = first.headers.get("etag") ?? "";
  assert.match(etag, /^"[0-9a-f]{16}"$/);
  const text = await first.text();
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const response = await ask(handler, { "if-none-match": known });
    assert.equal(response.status, 304, known);
    assert.equal(await response.text(), "");
    assert.equal(response.headers.get("etag"), etag);
  }
  const changed = await ask(handler, { "if-none-match": '"other"' });
  assert.equal(changed.status, 200);
  await changed.body?.cancel();
  const elsewhere = await ask(handlerOf());
  assert.equal(elsewhere.headers.get("etag"), etag);
  assert.equal(await elsewhere.text(), text);
});
