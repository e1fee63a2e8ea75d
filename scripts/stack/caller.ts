import { errors, jwtVerify } from "jose";
import { jwtSecretBytes, type Keys } from "./keys.ts";

/** Claims as PostgREST would put them into `request.jwt.claims`; `role` is the database role. */
export type Claims = Readonly<Record<string, unknown>> & { readonly role: DatabaseRole };

/** The roles a request of the REST API can run as. */
export type DatabaseRole = "anon" | "authenticated" | "service_role";

/** The gateway's refusal, with the status and body that a client of Supabase knows. */
export class RefusedCallerError extends Error {
  override name = "RefusedCallerError";
  readonly status = 401;
  readonly body: Readonly<Record<string, string>>;

  constructor(body: Readonly<Record<string, string>>) {
    super(body["message"] ?? "Refused");
    this.body = body;
  }
}

/**
 * Says as whom a request to /rest/v1 acts: its `apikey` (header, query, or else the bearer token) must be
 * one of the project's keys; a user's token in Authorization then takes the place of the key's role.
 * @throws {RefusedCallerError}
 */
export async function identifyCaller(request: Request, keys: Keys): Promise<Claims> {
  const bearer = bearerToken(request);
  const key = request.headers.get("apikey") ??
    new URL(request.url).searchParams.get("apikey") ?? bearer;
  if (key === undefined || key === "") {
    throw new RefusedCallerError({
      message: "No API key found in request",
      hint: "No `apikey` request header or url param was found.",
    });
  }
  const claims = await keyClaims(key, keys);
  if (key === keys.secret_key && isBrowser(request)) {
    throw new RefusedCallerError({ message: "Forbidden use of secret API key in browser" });
  }
  if (bearer === undefined || bearer === key || bearer.startsWith("sb_")) return claims;
  return await verifyToken(bearer, keys);
}

/** The token of `Authorization: Bearer <token>`. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}

/**
 * The claims of a JWT signed with the project's secret.
 * @throws {RefusedCallerError} when its signature, its time or its role will not do
 */
export async function verifyToken(token: string, keys: Keys): Promise<Claims> {
  let payload: Readonly<Record<string, unknown>>;
  try {
    ({ payload } = await jwtVerify(token, jwtSecretBytes(keys.jwt_secret), {
      algorithms: ["HS256"],
    }));
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new RefusedCallerError({ code: "PGRST303", message: "JWT expired" });
    }
    if (error instanceof errors.JOSEError) {
      throw new RefusedCallerError({ code: "PGRST301", message: `Invalid JWT: ${error.message}` });
    }
    throw error;
  }
  const role = payload["role"] ?? "anon";
  if (isDatabaseRole(role)) return { ...payload, role };
  throw new RefusedCallerError({
    code: "PGRST301",
    message: 'The JWT\'s "role" must be anon, authenticated or service_role',
  });
}

async function keyClaims(key: string, keys: Keys): Promise<Claims> {
  if (key === keys.publishable_key) return { role: "anon" };
  if (key === keys.secret_key) return { role: "service_role" };
  if (key === keys.anon_key || key === keys.service_role_key) return await verifyToken(key, keys);
  throw new RefusedCallerError({
    message: "Invalid API key",
    hint: "Double check your Supabase `apikey`: `deno task status` prints this stack's keys.",
  });
}

function isDatabaseRole(role: unknown): role is DatabaseRole {
  return role === "anon" || role === "authenticated" || role === "service_role";
}

function isBrowser(request: Request): boolean {
  return /^\s*Mozilla\s*\/\s*5\.0/i.test(request.headers.get("user-agent") ?? "");
}
