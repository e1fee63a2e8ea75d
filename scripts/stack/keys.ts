import { SignJWT } from "jose";
import { z } from "zod";
import { parseJson } from "../parse-json.ts";

const savedSchema = z.object({
  publishable_key: z.string().startsWith("sb_publishable_"),
  secret_key: z.string().startsWith("sb_secret_"),
  jwt_secret: z.string().min(32),
  redis_token: z.string().min(16),
  whatsapp_app_secret: z.string().min(1),
  whatsapp_verify_token: z.string().min(1),
  whatsapp_access_token: z.string().min(1),
});

type SavedKeys = z.infer<typeof savedSchema>;

/** Every key of one stack, under the names that `supabase status` gives them, in lower case. */
export interface Keys extends SavedKeys {
  /** The legacy HS256 keys: JWTs of the roles anon and service_role, signed with the JWT secret. */
  readonly anon_key: string;
  readonly service_role_key: string;
}

/** Where keys come from: the environment first (the names of the CLI and of Meta), then the data folder. */
export interface LoadKeysOptions {
  readonly env: Readonly<Record<string, string>>;
}

// A fixed date, so that the legacy keys stay the same from one start to the next: 2026-01-01, for 10 years.
const ISSUED_AT = 1_767_225_600;
const EXPIRES_AT = ISSUED_AT + 10 * 365 * 24 * 3600;

/** Reads `<data>/keys.json`, making it on the first start; only its owner may read it. */
export async function loadKeys(data: string, { env }: LoadKeysOptions): Promise<Keys> {
  const path = `${data}/keys.json`;
  const saved = await readSaved(path);
  const given = {
    publishable_key: env["SUPABASE_AUTH_PUBLISHABLE_KEY"],
    secret_key: env["SUPABASE_AUTH_SECRET_KEY"],
    jwt_secret: env["SUPABASE_AUTH_JWT_SECRET"],
    redis_token: env["UPSTASH_REDIS_REST_TOKEN"],
    whatsapp_app_secret: env["WHATSAPP_APP_SECRET"],
    whatsapp_verify_token: env["WHATSAPP_VERIFY_TOKEN"],
    whatsapp_access_token: env["WHATSAPP_ACCESS_TOKEN"],
  };
  const present = Object.entries(given).filter(([, value]) => value !== undefined && value !== "");
  const keys = savedSchema.safeParse({ ...saved, ...Object.fromEntries(present) });
  if (!keys.success) {
    throw new Error(
      `Cannot use the keys from the environment and ${path}: ${z.prettifyError(keys.error)}`,
    );
  }
  return completeKeys(keys.data);
}

/** Adds the two legacy keys, which follow from the JWT secret. */
export async function completeKeys(keys: SavedKeys): Promise<Keys> {
  const [anon_key, service_role_key] = await Promise.all(
    ["anon", "service_role"].map((role) =>
      new SignJWT({ role, iss: "supabase-demo" })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuedAt(ISSUED_AT).setExpirationTime(EXPIRES_AT)
        .sign(jwtSecretBytes(keys.jwt_secret))
    ),
  );
  if (anon_key === undefined || service_role_key === undefined) {
    throw new Error("Cannot sign the legacy keys");
  }
  return { ...keys, anon_key, service_role_key };
}

/** The JWT secret as the bytes that HS256 signs with. */
export function jwtSecretBytes(secret: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(secret);
}

/** The JWKS with which a function verifies users' tokens by itself. Secret: HS256 is symmetric. */
export function functionJwks(keys: Keys): string {
  const k = base64Url(jwtSecretBytes(keys.jwt_secret));
  return JSON.stringify({ keys: [{ kty: "oct", k, alg: "HS256", use: "sig" }] });
}

async function readSaved(path: string): Promise<SavedKeys> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return await save(path, newKeys());
    throw error;
  }
  const parsed = savedSchema.partial().safeParse(parseJson(text));
  if (parsed.success) {
    const whole = savedSchema.safeParse(parsed.data);
    if (whole.success) return whole.data;
    // A key that this version added is made now; those that are in use stay.
    return await save(path, savedSchema.parse({ ...newKeys(), ...parsed.data }));
  }
  throw new Error(`Cannot use ${path}: ${z.prettifyError(parsed.error)}. Delete it for new keys`);
}

function newKeys(): SavedKeys {
  return {
    publishable_key: `sb_publishable_${randomText(24)}`,
    secret_key: `sb_secret_${randomText(24)}`,
    jwt_secret: randomText(36),
    redis_token: randomText(24),
    whatsapp_app_secret: randomText(24),
    whatsapp_verify_token: randomText(24),
    whatsapp_access_token: randomText(24),
  };
}

async function save(path: string, keys: SavedKeys): Promise<SavedKeys> {
  await Deno.writeTextFile(path, JSON.stringify(keys, null, 2) + "\n", { mode: 0o600 });
  return keys;
}

function randomText(bytes: number): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
