import assert from "node:assert/strict";
import { jwtVerify } from "jose";
import { readConfig } from "../../../shared/platform/mod.ts";
import { realtimeAccess, realtimeAccessOf } from "../../../shared/tracking/realtime-access.ts";

const SECRET = "a shared secret of at least 32 characters";
const env = {
  SUPABASE_URL: "https://project.supabase.co",
  SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
  SUPABASE_PUBLISHABLE_KEYS: '{"default":"sb_publishable_1"}',
  JWT_SECRET: SECRET,
};
const link = {
  id: crypto.randomUUID(),
  matchId: crypto.randomUUID(),
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
};

Deno.test("realtimeAccessOf() signs a token for one ride that ends in ten minutes", async () => {
  const access = realtimeAccess.parse(await realtimeAccessOf(readConfig(env), link));
  const { access_token, expires_at, ...rest } = access;
  assert.deepEqual(rest, {
    url: "wss://project.supabase.co/realtime/v1/websocket",
    apikey: "sb_publishable_1",
    topic: `match:${link.matchId}`,
  });
  const { payload, protectedHeader } = await jwtVerify(
    access_token,
    new TextEncoder().encode(SECRET),
    { audience: "authenticated", subject: link.id, algorithms: ["HS256"] },
  );
  const { iat = 0, exp = 0, ...claims } = payload;
  assert.deepEqual(claims, {
    aud: "authenticated",
    sub: link.id,
    role: "authenticated",
    link_id: link.id,
  });
  assert.equal(protectedHeader.alg, "HS256");
  assert.equal(exp - iat, 600);
  assert.ok(Math.abs(iat - Date.now() / 1000) < 5);
  assert.equal(Date.parse(expires_at), exp * 1000);
});

Deno.test("realtimeAccessOf() ends no later than the link", async () => {
  const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 90_000).toISOString();
  const access = await realtimeAccessOf(readConfig(env), { ...link, expiresAt });
  assert.equal(access?.expires_at, expiresAt);
});

Deno.test("realtimeAccessOf() names the address that browsers reach", async () => {
  const config = readConfig({
    ...env,
    SUPABASE_URL: "http://kong:8000",
    MOBILITY_API_URL: "http://127.0.0.1:54321",
  });
  assert.equal(
    (await realtimeAccessOf(config, link))?.url,
    "ws://127.0.0.1:54321/realtime/v1/websocket",
  );
});

Deno.test("realtimeAccessOf() signs with a shared key of the JWKS, and goes without where there is none", async () => {
  const k = btoa(SECRET).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const jwks = (keys: unknown[]): ReturnType<typeof readConfig> =>
    readConfig({ ...env, JWT_SECRET: "", SUPABASE_JWKS: JSON.stringify({ keys }) });
  const access = await realtimeAccessOf(jwks([{ kty: "EC" }, { kty: "oct", k }]), link);
  await jwtVerify(access?.access_token ?? "", new TextEncoder().encode(SECRET));
  assert.equal(await realtimeAccessOf(jwks([{ kty: "EC" }]), link), null);
  assert.equal(
    await realtimeAccessOf(readConfig({ ...env, SUPABASE_PUBLISHABLE_KEYS: "" }), link),
    null,
  );
});
