import assert from "node:assert/strict";
import { jwtVerify } from "jose";
import { operatorLink, SEEDED_OPERATOR } from "../../../scripts/stack/operator-link.ts";

const SEED = new URL("../../../supabase/seed.sql", import.meta.url);
const keys = { jwt_secret: "s".repeat(40), publishable_key: "sb_publishable_a" };

Deno.test("operatorLink() signs the seeded operator in, and tells no server", async () => {
  const link = new URL(await operatorLink("http://127.0.0.1:54321/operator/", keys));
  assert.equal(`${link.origin}${link.pathname}${link.search}`, "http://127.0.0.1:54321/operator/");
  const fragment = new URLSearchParams(link.hash.slice(1));
  assert.equal(fragment.get("key"), keys.publishable_key);
  const secret = new TextEncoder().encode(keys.jwt_secret);
  const { payload } = await jwtVerify(fragment.get("token") ?? "", secret, {
    audience: "authenticated",
  });
  assert.deepEqual([payload.sub, payload["role"]], [SEEDED_OPERATOR, "authenticated"]);
});

Deno.test("seed.sql makes the operator whom the link signs in", async () => {
  assert.ok((await Deno.readTextFile(SEED)).includes(`('${SEEDED_OPERATOR}', `));
});
