import assert from "node:assert/strict";
import { RefusedError } from "../../../../scripts/stack/realtime/refused-error.ts";
import { readToken } from "../../../../scripts/stack/realtime/token.ts";
import { signToken } from "../../../support/http.ts";

const SECRET = "a-secret-of-at-least-thirty-two-characters";

Deno.test("readToken() gives the claims and the end of a token", async () => {
  const exp = Math.floor(Date.now() / 1000) + 60;
  const token = await signToken({ role: "authenticated", sub: "ann", link_id: "x", exp }, SECRET);
  const { claims, expires_at } = await readToken(token, SECRET);
  assert.equal(claims.role, "authenticated");
  assert.equal(claims["sub"], "ann");
  assert.equal(claims["link_id"], "x");
  assert.equal(expires_at, exp * 1000);
});

Deno.test("readToken() refuses with Realtime's reasons", async () => {
  const now = Math.floor(Date.now() / 1000);
  const user = { role: "authenticated", sub: "ann" };
  const unsigned = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ ...user, exp: now + 60 }))}.`;
  const claims = "InvalidJWTToken: Fields `role` and `exp` are required in JWT";
  await refused(
    signToken({ ...user, exp: now - 5 }, SECRET),
    /^InvalidJWTToken: Token has expired [56] sec/,
  );
  await refused(signToken(user, "x".repeat(40)), /^JwtSignatureError: Failed to validate/);
  await refused(signToken({ sub: "ann" }, SECRET), claims);
  await refused(signToken({ ...user, exp: undefined }, SECRET), claims);
  // A role of the database that no caller may have.
  await refused(signToken({ ...user, role: "postgres" }, SECRET), claims);
  await refused(unsigned, /^MalformedJWT: /);
  await refused("nonsense", "MalformedJWT: The token provided is not a valid JWT");
});

async function refused(token: string | Promise<string>, reason: string | RegExp): Promise<void> {
  await assert.rejects(readToken(await token, SECRET), (error: unknown) => {
    assert.ok(error instanceof RefusedError);
    if (typeof reason === "string") assert.equal(error.reason, reason);
    else assert.match(error.reason, reason);
    return true;
  });
}
