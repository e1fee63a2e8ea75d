import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { functionJwks, loadKeys } from "../../../scripts/stack/keys.ts";

Deno.test("loadKeys() makes keys once and keeps them where only their owner can read", async () => {
  await withFolder(async (data) => {
    const first = await loadKeys(data, { env: {} });
    assert.match(first.publishable_key, /^sb_publishable_/);
    assert.match(first.secret_key, /^sb_secret_/);
    assert.equal(decodeJwt(first.anon_key)["role"], "anon");
    assert.equal(decodeJwt(first.service_role_key)["role"], "service_role");
    assert.equal(((await Deno.stat(`${data}/keys.json`)).mode ?? 0) & 0o777, 0o600);
    assert.deepEqual(await loadKeys(data, { env: {} }), first);
  });
});

Deno.test("loadKeys() prefers the environment, and refuses what is no key", async () => {
  await withFolder(async (data) => {
    const jwt_secret = "a-secret-of-at-least-thirty-two-characters";
    const keys = await loadKeys(data, {
      env: { SUPABASE_AUTH_JWT_SECRET: jwt_secret, SUPABASE_AUTH_SECRET_KEY: "" },
    });
    assert.equal(keys.jwt_secret, jwt_secret);
    await assert.rejects(
      loadKeys(data, { env: { SUPABASE_AUTH_SECRET_KEY: "nonsense" } }),
      /secret_key/,
    );
  });
});

Deno.test("loadKeys() takes Meta's secrets from the environment, and adds what older keys lack", async () => {
  await withFolder(async (data) => {
    const first = await loadKeys(data, { env: { WHATSAPP_APP_SECRET: "from-meta" } });
    assert.equal(first.whatsapp_app_secret, "from-meta");
    const path = `${data}/keys.json`;
    const saved = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, saved.replaceAll(/,\s*"whatsapp_\w+": "[^"]*"/g, ""));
    const second = await loadKeys(data, { env: {} });
    assert.equal(second.secret_key, first.secret_key);
    assert.notEqual(second.whatsapp_app_secret, "from-meta");
    assert.match(second.whatsapp_verify_token, /^[\w-]{32}$/);
    assert.notEqual(second.whatsapp_verify_token, first.whatsapp_verify_token);
    assert.deepEqual(await loadKeys(data, { env: {} }), second);
  });
});

Deno.test("loadKeys() says what to do with a broken keys.json", async () => {
  await withFolder(async (data) => {
    await Deno.writeTextFile(`${data}/keys.json`, "{");
    await assert.rejects(loadKeys(data, { env: {} }), /Delete it for new keys/);
  });
});

Deno.test("functionJwks() holds the HS256 secret as an oct key", async () => {
  await withFolder(async (data) => {
    const keys = await loadKeys(data, { env: {} });
    const jwks: unknown = JSON.parse(functionJwks(keys));
    const k = btoa(keys.jwt_secret).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    assert.deepEqual(jwks, { keys: [{ kty: "oct", k, alg: "HS256", use: "sig" }] });
  });
});

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
