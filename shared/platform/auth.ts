import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from "jose";
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { Config } from "./config.ts";
import { ApiError } from "./errors.ts";

/**
 * Who calls: the service, which acts for anyone; a signed-in person, who acts for themselves; or anybody, at an
 * endpoint that asks for a secret of its own.
 */
export type Caller = { readonly kind: "service" } | { readonly kind: "anybody" } | {
  readonly kind: "user";
  readonly userId: string;
};

/** To whom nothing belongs, so that nothing is done in the name of who did not say theirs. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** The user id to hand to the database: null lets the service act for anyone. */
export function actingUser(caller: Caller): string | null {
  if (caller.kind === "service") return null;
  return caller.kind === "user" ? caller.userId : NOBODY;
}

/** The secrets shared with the project's other services, with which HS256 tokens are verified; the first signs. */
export function sharedSecrets(config: Config): Uint8Array[] {
  const keys = config.jwks.filter((key) => key.kty === "oct" && typeof key.k === "string");
  return [
    ...(config.jwtSecret === undefined ? [] : [new TextEncoder().encode(config.jwtSecret)]),
    ...keys.map((key) => base64UrlBytes(String(key.k))),
  ];
}

const claims = z.object({
  role: z.string(),
  sub: z.string().optional(),
  link_id: z.unknown().optional(),
});
const userId = z.guid();

/** Finds out who calls, from the `apikey` and `Authorization` headers. */
export class Authenticator {
  readonly #serviceKeys: readonly Uint8Array[];
  readonly #secrets: readonly Uint8Array[];
  readonly #keys: JWTVerifyGetKey;

  constructor(config: Config) {
    const encoder = new TextEncoder();
    this.#serviceKeys = config.serviceKeys.map((key) => encoder.encode(key));
    this.#secrets = sharedSecrets(config);
    const publicKeys = config.jwks.filter((key) => key.kty !== "oct");
    this.#keys = publicKeys.length > 0 || this.#secrets.length > 0
      ? createLocalJWKSet({ keys: publicKeys } as JSONWebKeySet)
      : publishedKeys(new URL(`${config.supabaseUrl}/auth/v1/.well-known/jwks.json`));
  }

  /**
   * A person's token counts before the key it came with, so that a server holding the secret key can
   * act as that person. @throws ApiError UNAUTHENTICATED, FORBIDDEN, SERVICE_UNAVAILABLE
   */
  async authenticate(headers: Headers): Promise<Caller> {
    const apikey = headers.get("apikey");
    for (const token of [bearerOf(headers), apikey]) {
      if (token === undefined || token === null || token.length > 8192) continue;
      if (this.#isServiceKey(token)) {
        // The client libraries repeat the key as a bearer token.
        return { kind: "service" };
      }
      if (token.split(".").length === 3) {
        const caller = await this.#fromToken(token);
        if (caller !== undefined) return caller;
      }
    }
    throw new ApiError(
      "UNAUTHENTICATED",
      "Send the project's secret key as apikey, or a signed-in user's token as Authorization: Bearer",
    );
  }

  /** Whether the caller sent this shared secret as a bearer token. */
  holds(headers: Headers, secret: string): boolean {
    const encoder = new TextEncoder();
    return equalInConstantTime(encoder.encode(secret), encoder.encode(bearerOf(headers) ?? ""));
  }

  #isServiceKey(token: string): boolean {
    const bytes = new TextEncoder().encode(token);
    return this.#serviceKeys.map((key) => equalInConstantTime(key, bytes)).includes(true);
  }

  /** Undefined for the anonymous key, a token that says nothing about who calls. */
  async #fromToken(token: string): Promise<Caller | undefined> {
    const parsed = claims.safeParse(await this.#verify(token));
    if (!parsed.success || parsed.data.role === "anon") return undefined;
    if (parsed.data.role === "service_role") return { kind: "service" };
    const subject = userId.safeParse(parsed.data.sub);
    // A token that was made for a link to a ride listens to that ride, and that is all.
    if (
      parsed.data.role !== "authenticated" || !subject.success || parsed.data.link_id !== undefined
    ) {
      throw new ApiError("FORBIDDEN", "The token is valid but is not a signed-in user's");
    }
    return { kind: "user", userId: subject.data.toLowerCase() };
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      const options = { clockTolerance: 5, requiredClaims: ["exp"] };
      if (decodeProtectedHeader(token).alg !== "HS256") {
        return (await jwtVerify(token, this.#keys, {
          ...options,
          algorithms: ["ES256", "RS256", "EdDSA"],
        })).payload;
      }
      for (const secret of this.#secrets) {
        try {
          return (await jwtVerify(token, secret, { ...options, algorithms: ["HS256"] })).payload;
        } catch (error) {
          // Only another secret can help; an expired token stays expired.
          if (!(error instanceof Error) || error.name !== "JWSSignatureVerificationFailed") {
            throw error;
          }
        }
      }
      throw new Error("No secret verifies the token");
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError(
        "UNAUTHENTICATED",
        "The token is not valid or has expired",
        { cause: error },
      );
    }
  }
}

/** Fetches the project's public keys as they are needed. A project that cannot be reached is not the caller's fault. */
function publishedKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url);
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) throw error;
      throw new ApiError("SERVICE_UNAVAILABLE", "The project's signing keys cannot be fetched", {
        cause: error,
      });
    }
  };
}

function bearerOf(headers: Headers): string | undefined {
  return headers.get("authorization")?.match(/^Bearer\s+(\S+)$/i)?.[1];
}

/** Compares without telling by its duration where two strings differ. */
export function equalInConstantTime(expected: Uint8Array, received: Uint8Array): boolean {
  let difference = expected.length ^ received.length;
  for (let i = 0; i < expected.length; i++) difference |= (expected[i] ?? 0) ^ (received[i] ?? 0);
  return difference === 0;
}

function base64UrlBytes(text: string): Uint8Array {
  return Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")),
    (char) => char.charCodeAt(0),
  );
}
