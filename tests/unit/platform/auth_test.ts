import assert from "node:assert/strict";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from "jose";
import {
  actingUser,
  ApiError,
  Authenticator,
  type Caller,
  readConfig,
} from "../../../shared/platform/mod.ts";

const SECRET = "a shared secret of at least 32 characters";
const sub = "0B7F9C52-5F4B-4F0D-8A3A-0123456789AB";
const ec = await generateKeyPair("ES256", { extractable: true });
const otherEc = await generateKeyPair("ES256");
const publicKey = { ...await exportJWK(ec.publicKey), kid: "current", alg: "ES256" };
const inAnHour = Math.floor(Date.now() / 1000) + 3600;

function authenticator(env: Record<string, string> = {}): Authenticator {
  return new Authenticator(readConfig({
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1","rotated":"sb_secret_2"}',
    ...env,
  }));
}

const withSecret = authenticator({ JWT_SECRET: SECRET });
const withJwks = authenticator({ SUPABASE_JWKS: JSON.stringify({ keys: [publicKey] }) });

function sign(
  claims: Record<string, unknown>,
  options: { key?: CryptoKey | Uint8Array; header?: JWTHeaderParameters } = {},
): Promise<string> {
  return new SignJWT({ exp: inAnHour, role: "authenticated", sub, ...claims })
    .setProtectedHeader(options.header ?? { alg: "HS256" })
    .sign(options.key ?? new TextEncoder().encode(SECRET));
}

function bearer(token: string): Headers {
  return new Headers({ authorization: `Bearer ${token}`, apikey: "sb_publishable_x" });
}

async function refuses(
  by: Authenticator,
  headers: Headers,
  code = "UNAUTHENTICATED",
): Promise<void> {
  await assert.rejects(
    by.authenticate(headers),
    (error) => error instanceof ApiError && error.code === code,
  );
}

const user: Caller = { kind: "user", userId: sub.toLowerCase() };

Deno.test("actingUser() lets the service act for anyone, and anybody for nobody", () => {
  assert.equal(actingUser({ kind: "service" }), null);
  assert.equal(actingUser(user), sub.toLowerCase());
  assert.equal(actingUser({ kind: "anybody" }), "00000000-0000-0000-0000-000000000000");
});

Deno.test("Authenticator takes each secret key, as apikey and as bearer, for the service", async () => {
  for (const key of ["sb_secret_1", "sb_secret_2"]) {
    for (const headers of [{ apikey: key }, { authorization: `bearer ${key}` }]) {
      const caller = await withSecret.authenticate(new Headers(headers));
      assert.deepEqual(caller, { kind: "service" });
      assert.equal(actingUser(caller), null);
    }
  }
  for (const key of ["sb_secret_", "sb_secret_1x", "sb_secret_3", "SB_SECRET_1", "x"]) {
    await refuses(withSecret, new Headers({ apikey: key }));
  }
});

Deno.test("Authenticator takes the legacy service role key, as such and as a token it verifies", async () => {
  const legacy = await sign({ role: "service_role", sub: undefined });
  const known = authenticator({ SUPABASE_SERVICE_ROLE_KEY: legacy });
  assert.deepEqual(await known.authenticate(new Headers({ apikey: legacy })), { kind: "service" });
  assert.deepEqual(await withSecret.authenticate(bearer(legacy)), { kind: "service" });
});

Deno.test("Authenticator takes a user's token signed with JWT_SECRET or an oct key of SUPABASE_JWKS", async () => {
  const token = await sign({});
  assert.deepEqual(await withSecret.authenticate(bearer(token)), user);
  const k = btoa(SECRET).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const oct = authenticator({
    SUPABASE_JWKS: JSON.stringify({ keys: [publicKey, { kty: "oct", k, alg: "HS256" }] }),
    JWT_SECRET: "another secret, tried first and in vain",
  });
  const caller = await oct.authenticate(bearer(token));
  assert.deepEqual(caller, user);
  assert.equal(actingUser(caller), sub.toLowerCase());
});

Deno.test("Authenticator takes a user's token signed with an ES256 key of SUPABASE_JWKS", async () => {
  const token = await sign({}, {
    key: ec.privateKey,
    header: { alg: "ES256", kid: "current" },
  });
  assert.deepEqual(await withJwks.authenticate(bearer(token)), user);
  const forged = await sign({}, {
    key: otherEc.privateKey,
    header: { alg: "ES256", kid: "current" },
  });
  await refuses(withJwks, bearer(forged));
  const unknown = await sign({}, { key: ec.privateKey, header: { alg: "ES256", kid: "retired" } });
  await refuses(withJwks, bearer(unknown));
});

Deno.test("Authenticator refuses tokens that do not verify, expired or without an end", async () => {
  const now = Math.floor(Date.now() / 1000);
  const none = new UnsecuredJWT({ role: "service_role", exp: inAnHour }).encode();
  const valid = await sign({});
  const [header, , signature] = valid.split(".");
  const payload = btoa(JSON.stringify({ role: "service_role", exp: inAnHour })).replaceAll("=", "");
  const tokens = [
    none,
    `${none}x`,
    `${header}.${payload}.${signature}`,
    await sign({}, { key: new TextEncoder().encode("x".repeat(40)) }),
    await sign({ exp: now - 10 }),
    await sign({ exp: undefined }),
    await sign({ nbf: now + 60 }),
    // The public key as the secret of a shared one.
    await sign({}, { key: new TextEncoder().encode(JSON.stringify(publicKey)) }),
    "a.b.c",
    "..",
    `${"x".repeat(9_000)}.b.c`,
  ];
  for (const by of [withSecret, withJwks]) {
    for (const token of tokens) await refuses(by, bearer(token));
  }
  await refuses(withJwks, bearer(valid));
  assert.deepEqual(
    await withSecret.authenticate(bearer(await sign({ exp: now - 2 }))),
    user,
    "clocks differ",
  );
});

Deno.test("Authenticator refuses keys and tokens that say nothing of who calls", async () => {
  const anon = await sign({ role: "anon", sub: undefined });
  const refused: Record<string, string>[] = [
    {},
    { apikey: "sb_publishable_x" },
    { apikey: anon },
    { authorization: `Bearer ${anon}`, apikey: anon },
    { authorization: "Bearer " },
    { authorization: "Basic sb_secret_1" },
    { authorization: "Bearer sb_secret_1 sb_secret_1" },
  ];
  for (const headers of refused) await refuses(withSecret, new Headers(headers));
});

Deno.test("Authenticator says FORBIDDEN to a valid token that is no user's", async () => {
  // A token that was made for a link to a ride has a subject, who is nobody.
  const linked = { link_id: crypto.randomUUID() };
  for (const claims of [{ sub: undefined }, { sub: "42" }, { role: "postgres" }, linked]) {
    await refuses(withSecret, bearer(await sign(claims)), "FORBIDDEN");
  }
  await refuses(withSecret, bearer(await sign({ role: undefined })));
});

Deno.test("Authenticator lets a person's token count before the secret key it comes with", async () => {
  const both = new Headers({ apikey: "sb_secret_1", authorization: `Bearer ${await sign({})}` });
  assert.deepEqual(await withSecret.authenticate(both), user);
  const expired = new Headers({
    apikey: "sb_secret_1",
    authorization: `Bearer ${await sign({ exp: 1 })}`,
  });
  await refuses(withSecret, expired);
});

Deno.test("Authenticator fetches the project's keys when none are configured", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ keys: [publicKey] }),
  );
  const fetching = authenticator({ SUPABASE_URL: `http://127.0.0.1:${server.addr.port}` });
  const token = await sign({}, { key: ec.privateKey, header: { alg: "ES256", kid: "current" } });
  assert.deepEqual(await fetching.authenticate(bearer(token)), user);
});

Deno.test("Authenticator says SERVICE_UNAVAILABLE when the project's keys cannot be fetched", async () => {
  const token = await sign({}, { key: ec.privateKey, header: { alg: "ES256", kid: "current" } });
  await refuses(authenticator(), bearer(token), "SERVICE_UNAVAILABLE");
});

Deno.test("Authenticator.holds() compares the whole of a shared secret", () => {
  assert.equal(withSecret.holds(bearer("0123456789abcdef"), "0123456789abcdef"), true);
  for (const token of ["0123456789abcdeX", "0123456789abcde", "0123456789abcdef0", "x"]) {
    assert.equal(withSecret.holds(bearer(token), "0123456789abcdef"), false, token);
  }
  assert.equal(withSecret.holds(new Headers(), "0123456789abcdef"), false);
});
