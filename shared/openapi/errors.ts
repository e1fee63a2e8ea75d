import { catalogue, type Declaration, type ErrorCode, errorCodes } from "../platform/mod.ts";
import type { ApiResponse, Reference, Schema } from "./document.ts";
import { sharedHeader } from "./parameters.ts";

/** With which the answer says how long to wait. */
const waiting: readonly ErrorCode[] = ["PIN_LOCKED", "RATE_LIMITED"];

/** Every code that an endpoint may answer: its own and those of its kind. */
export function errorsOf(
  endpoint: Declaration,
  { needsDatabase }: { readonly needsDatabase: boolean },
): ErrorCode[] {
  const hasBody = endpoint.body !== undefined && endpoint.method !== "GET";
  return [
    "VALIDATION_ERROR",
    ...(hasBody ? ["INVALID_JSON", "PAYLOAD_TOO_LARGE"] as const : []),
    // The keys that verify tokens may have to be fetched.
    ...(endpoint.secretOf === undefined
      ? ["UNAUTHENTICATED", "FORBIDDEN", "SERVICE_UNAVAILABLE"] as const
      : []),
    ...(endpoint.limit === undefined ? [] : ["RATE_LIMITED"] as const),
    ...(endpoint.idempotent ? ["IDEMPOTENCY_KEY_REUSED"] as const : []),
    ...(needsDatabase ? ["DATABASE_ERROR", "SERVICE_UNAVAILABLE"] as const : []),
    ...endpoint.errors ?? [],
    "INTERNAL_ERROR",
  ];
}

/** The error answers of a document, those of a few codes as components. */
export class ErrorResponses {
  readonly #components = new Map<string, ApiResponse>();

  /** The components so far, by name. */
  get components(): Readonly<Record<string, ApiResponse>> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** The answers of an operation that may answer these codes, by status. */
  of(codes: readonly ErrorCode[]): Record<string, ApiResponse | Reference> {
    const known = new Set<string>(codes);
    const ordered = errorCodes.filter((code) => known.has(code));
    const statuses = new Set(ordered.map((code) => catalogue[code].status));
    return Object.fromEntries([...statuses].map((status) => {
      const ofStatus = ordered.filter((code) => catalogue[code].status === status);
      return [String(status), ofStatus.length > 3 ? responseOf(ofStatus) : this.#refer(ofStatus)];
    }));
  }

  #refer(codes: readonly ErrorCode[]): Reference {
    const name = codes.map(pascalCase).join("Or");
    if (!this.#components.has(name)) this.#components.set(name, responseOf(codes));
    return { $ref: `#/components/responses/${name}` };
  }
}

function responseOf(codes: readonly ErrorCode[]): ApiResponse {
  const waits = codes.some((code) => waiting.includes(code));
  return {
    description: codes.map((code) => `\`${code}\`: ${catalogue[code].meaning}`).join("\n\n"),
    headers: {
      "X-Request-Id": sharedHeader("RequestId"),
      ...(waits ? { "Retry-After": sharedHeader("RetryAfter") } : {}),
    },
    content: { "application/json": { schema: errorSchema(codes) } },
  };
}

function errorSchema(codes: readonly ErrorCode[]): Schema {
  const error = { type: "object", properties: { code: { enum: codes } } };
  return {
    allOf: [
      { $ref: "#/components/schemas/Error" },
      { type: "object", properties: { error } },
    ],
  };
}

function pascalCase(code: ErrorCode): string {
  return code.split("_").map((word) => (word[0] ?? "") + word.slice(1).toLowerCase()).join("");
}
