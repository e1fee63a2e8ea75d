const HEADER = /^sha256=([0-9a-f]{64})$/;
const PREFIX = "sha256=";
const LAST_UNESCAPED = 0x7e;

/**
 * Whether `header` (X-Hub-Signature-256) is the HMAC-SHA256 of the body's bytes under the app secret,
 * compared in constant time. Anything malformed is false.
 */
export async function verifySignature(
  secret: string,
  { body, header }: { readonly body: Uint8Array; readonly header: string | null },
): Promise<boolean> {
  const digits = HEADER.exec(header ?? "")?.[1];
  if (digits === undefined) return false;
  const signature = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const key = await importKey(secret, "verify");
  if (await crypto.subtle.verify("HMAC", key, signature, new Uint8Array(body))) return true;
  // Meta is known to sign an ASCII form of the body; on the wire it may still be UTF-8.
  const escaped = escapeBody(body);
  return escaped !== undefined &&
    await crypto.subtle.verify("HMAC", key, signature, new TextEncoder().encode(escaped));
}

/** The X-Hub-Signature-256 of a body: "sha256=" and 64 lowercase hexadecimal digits. */
export async function signBody(secret: string, body: Uint8Array): Promise<string> {
  const key = await importKey(secret, "sign");
  const signature = await crypto.subtle.sign("HMAC", key, new Uint8Array(body));
  const digits = Array.from(
    new Uint8Array(signature),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return PREFIX + digits.join("");
}

/** Every character outside \0-~ as \uXXXX. Undefined when there is none, or it is not UTF-8. */
function escapeBody(body: Uint8Array): string | undefined {
  if (!body.some((byte) => byte > LAST_UNESCAPED)) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(/[^\0-~]/g, escape);
}

function importKey(secret: string, usage: "sign" | "verify"): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}
