import { SignJWT } from "jose";
import { jwtSecretBytes, type Keys } from "./keys.ts";

/** Whom supabase/seed.sql makes an operator. */
export const SEEDED_OPERATOR = "0be4a704-0000-4000-8000-000000000001";

/**
 * The operator's page with what signs the seeded operator in: here is no sign-in with a password. It is in the
 * fragment, which no server gets to see.
 */
export async function operatorLink(
  page: string,
  keys: Pick<Keys, "jwt_secret" | "publishable_key">,
): Promise<string> {
  const token = await new SignJWT({ role: "authenticated", sub: SEEDED_OPERATOR })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setAudience("authenticated").setIssuedAt().setExpirationTime("30 days")
    .sign(jwtSecretBytes(keys.jwt_secret));
  return `${page}#${new URLSearchParams({ token, key: keys.publishable_key })}`;
}
