import assert from "node:assert/strict";
import { createMetricsHandler } from "../../../shared/observability/mod.ts";
import { createPlatform, readConfig } from "../../../shared/platform/mod.ts";

const TOKEN = "a token for the scraper";

function handlerWith(env: Record<string, string>): (headers: HeadersInit) => Promise<number> {
  const platform = createPlatform("metrics", {
    config: readConfig({
      SUPABASE_URL: "http://database.test",
      SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
      JWT_SECRET: "a shared secret of at least 32 characters",
      ...env,
    }),
    writeLog: () => {},
  });
  const handler = createMetricsHandler(platform);
  return async (headers) => {
    const response = await handler(new Request("http://functions.test/metrics", { headers }));
    await response.body?.cancel();
    return response.status;
  };
}

Deno.test("createMetricsHandler() lets in the secret key and METRICS_TOKEN as a bearer token", async () => {
  await using redis = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const commands: unknown = await request.json();
      return Response.json(Array.isArray(commands) ? commands.map(() => ({ result: [] })) : []);
    },
  );
  const get = handlerWith({
    METRICS_TOKEN: TOKEN.replaceAll(" ", "-"),
    UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redis.addr.port}`,
    UPSTASH_REDIS_REST_TOKEN: "token",
  });
  assert.equal(await get({ apikey: "sb_secret_1" }), 200);
  assert.equal(await get({ authorization: `Bearer ${TOKEN.replaceAll(" ", "-")}` }), 200);
  assert.equal(await get({ authorization: "Bearer another-token-entirely" }), 401);
  assert.equal(await get({}), 401);
});

Deno.test("createMetricsHandler() says 503 when there is no Redis or it does not answer", async () => {
  const headers = { apikey: "sb_secret_1" };
  assert.equal(await handlerWith({})(headers), 503);
  const down = handlerWith({
    UPSTASH_REDIS_REST_URL: "http://127.0.0.1:9",
    UPSTASH_REDIS_REST_TOKEN: "token",
  });
  assert.equal(await down(headers), 503);
});
