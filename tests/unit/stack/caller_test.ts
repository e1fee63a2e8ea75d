import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { identifyCaller, RefusedCallerError } from "../../../scripts/stack/caller.ts";
import { completeKeys, jwtSecretBytes, type Keys } from "../../../scripts/stack/keys.ts";

const keys: Keys = await completeKeys({
  publishable_key: "sb_publishable_test",
  secret_key: "sb_secret_test",
  jwt_secret: "a-secret-of-at-least-thirty-two-characters",
  redis_token: "0123456789abcdef",
  whatsapp_app_secret: "app-secret",
  whatsapp_verify_token: "verify-token",
  whatsapp_access_token: "access-token",
});

Deno.test("identifyCaller() maps each kind of key to its role", async () => {
  const roles: [key: string, role: string][] = [
    [keys.publishable_key, "anon"],
    [keys.secret_key, "service_role"],
    [keys.anon_key, "anon"],
    [keys.service_role_key, "service_role"],
  ];
  for (const [key, role] of roles) {
    const same = { apikey: key, authorization: `Bearer ${key}` };
    assert.equal((await identify({ apikey: key })).role, role);
    assert.equal((await identify({ authorization: `Bearer ${key}` })).role, role);
    assert.equal((await identify(same)).role, role, "as supabase-js sends it");
    const request = new Request(`http://x/rest/v1/?apikey=${key}`);
    assert.equal((await identifyCaller(request, keys)).role, role);
  }
});

Deno.test("identifyCaller() lets a user's token outrank the key, with all its claims", async () => {
  const token = await sign({ sub: "user-1", role: "authenticated", extra: [1] });
  for (const apikey of [keys.publishable_key, keys.anon_key, keys.secret_key]) {
    const caller = await identify({ apikey, authorization: `Bearer ${token}` });
    assert.equal(caller.role, "authenticated");
    assert.equal(caller["sub"], "user-1");
    assert.deepEqual(caller["extra"], [1]);
  }
});

Deno.test("identifyCaller() refuses callers without a valid key or with a bad token", async () => {
  const token = await sign({ sub: "user-1", role: "authenticated" });
  const elsewhere = await sign({ role: "service_role" }, { secret: "x".repeat(40) });
  const expired = await sign({ role: "authenticated" }, { expires: "-1 minute" });
  const superuser = await sign({ role: "postgres" });
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"role":"service_role"}')}.`;
  const apikey = keys.publishable_key;
  await refused({}, /No API key/);
  await refused({ apikey: "" }, /No API key/);
  await refused({ apikey: "sb_secret_other" }, /Invalid API key/);
  await refused({ authorization: `Bearer ${token}` }, /Invalid API key/);
  await refused({ apikey: elsewhere }, /Invalid API key/);
  await refused({ apikey, authorization: `Bearer ${elsewhere}` }, /Invalid JWT/);
  await refused({ apikey, authorization: `Bearer ${unsigned}` }, /Invalid JWT/);
  await refused({ apikey, authorization: `Bearer ${expired}` }, /JWT expired/);
  await refused({ apikey, authorization: `Bearer ${superuser}` }, /role/);
  await refused({ apikey: keys.secret_key, "user-agent": "Mozilla/5.0 (X11)" }, /browser/);
});

async function identify(
  headers: Record<string, string>,
): Promise<Awaited<ReturnType<typeof identifyCaller>>> {
  return await identifyCaller(new Request("http://x/rest/v1/rpc/f", { headers }), keys);
}

async function refused(headers: Record<string, string>, message: RegExp): Promise<void> {
  await assert.rejects(
    identify(headers),
    (error: unknown) => error instanceof RefusedCallerError && message.test(error.message),
  );
}

async function sign(
  claims: Record<string, unknown>,
  { secret = keys.jwt_secret, expires = "5 minutes" } = {},
): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(expires).sign(jwtSecretBytes(secret));
}
