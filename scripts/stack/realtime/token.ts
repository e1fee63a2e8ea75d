import { errors, jwtVerify } from "jose";
import { z } from "zod";
import type { Claims } from "../caller.ts";
import { jwtSecretBytes } from "../keys.ts";
import { RefusedError } from "./refused-error.ts";

/** As whom a channel is joined, and until when, in milliseconds since 1970; a key never expires. */
export interface Identity {
  readonly claims: Claims;
  readonly expires_at: number | undefined;
}

const claimsSchema = z.looseObject({
  role: z.enum(["anon", "authenticated", "service_role"]),
  exp: z.number().int(),
});

/**
 * The identity in a JWT signed with the project's secret, which must have `role` and `exp`.
 * @throws {RefusedError} with the code and words of Supabase's Realtime
 */
export async function readToken(token: string, jwtSecret: string): Promise<Identity> {
  const claims = claimsSchema.safeParse(await verify(token, jwtSecret));
  if (!claims.success) {
    throw new RefusedError("InvalidJWTToken", "Fields `role` and `exp` are required in JWT");
  }
  return { claims: claims.data, expires_at: claims.data.exp * 1000 };
}

/** What Realtime says of a token that expired at that moment (milliseconds since 1970). */
export function expiredError(expiresAt: number): RefusedError {
  const seconds = Math.max(0, Math.floor((Date.now() - expiresAt) / 1000));
  return new RefusedError("InvalidJWTToken", `Token has expired ${seconds} seconds ago`);
}

async function verify(token: string, jwtSecret: string): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, jwtSecretBytes(jwtSecret), {
      algorithms: ["HS256"],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw expiredError((error.payload.exp ?? 0) * 1000);
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      throw new RefusedError("JwtSignatureError", "Failed to validate JWT signature");
    }
    if (error instanceof errors.JOSEError) {
      throw new RefusedError("MalformedJWT", "The token provided is not a valid JWT");
    }
    throw error;
  }
}
