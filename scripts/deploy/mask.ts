const MASK = "***";
const SHORTEST = 4;
const SECRET_NAME = /TOKEN|SECRET|KEY|PASSWORD|JWKS|WEBHOOK_URL/;

/** Replaces secrets in a text. */
export type Mask = (text: string) => string;

/**
 * The values of the variables whose names say that they are secrets, what is nested in them as JSON, and the
 * passwords in any address.
 */
export function secretsOf(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => [
    ...(SECRET_NAME.test(name) ? [value, ...nestedStrings(value)] : []),
    ...passwordOf(value),
  ]);
}

/** Makes a mask that hides every one of the values, wherever in a text it stands. */
export function createMask(secrets: readonly string[]): Mask {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      forms.add(form);
    }
  }
  // A secret may contain another: the longest goes first.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

function nestedStrings(value: string): string[] {
  try {
    return leaves(JSON.parse(value));
  } catch {
    return [];
  }
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

function passwordOf(value: string): string[] {
  try {
    const { password } = new URL(value);
    return password === "" ? [] : [password, decodeURIComponent(password)];
  } catch {
    return [];
  }
}
