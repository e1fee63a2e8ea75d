import type { z } from "zod";
import { ApiError, type ErrorCode } from "./errors.ts";

const MAX_DEPTH = 32;

/**
 * Reads a JSON body of at most `maxBytes` and parses it.
 * @throws ApiError PAYLOAD_TOO_LARGE, INVALID_JSON, INVALID_LOCATION, INVALID_VEHICLE_TYPE, VALIDATION_ERROR
 */
export async function parseBody<T>(
  request: Request,
  options: { schema: z.ZodType<T>; maxBytes: number },
): Promise<T> {
  const text = new TextDecoder().decode(await readBytes(request, options.maxBytes));
  let body: unknown;
  try {
    // An action without arguments may come without a body.
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new ApiError("INVALID_JSON", "The body is not valid JSON");
  }
  if (isDeeperThan(body, MAX_DEPTH)) {
    throw new ApiError("VALIDATION_ERROR", `body: nested deeper than ${MAX_DEPTH} levels`);
  }
  return parseInput(options.schema, body);
}

/** Whoever walks such a value, the encoder of an answer for one, runs out of stack. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/** Parses any input from a caller. @throws ApiError as parseBody */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 10).map((issue) => ({
    path: issue.path.join("."),
    message: issue.message,
  }));
  const first = problems[0];
  throw new ApiError(codeFor(first?.path ?? ""), `${first?.path || "body"}: ${first?.message}`, {
    details: { problems },
  });
}

function codeFor(path: string): ErrorCode {
  if (/(^|\.)(lat|lng)$/.test(path)) return "INVALID_LOCATION";
  return /(^|\.)vehicle_type$/.test(path) ? "INVALID_VEHICLE_TYPE" : "VALIDATION_ERROR";
}

/**
 * Reads a body of at most `maxBytes`, and stops at the limit: a declared length may be absent or untrue.
 * @throws ApiError PAYLOAD_TOO_LARGE
 */
export async function readBytes(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array> {
  const tooLarge = new ApiError(
    "PAYLOAD_TOO_LARGE",
    `The body may have at most ${maxBytes} bytes`,
    {
      details: { max_bytes: maxBytes },
    },
  );
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge;
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.byteLength;
    if (length > maxBytes) throw tooLarge;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
