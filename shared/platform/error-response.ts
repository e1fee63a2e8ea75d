import { z } from "zod";
import { ApiError, errorCodes } from "./errors.ts";
import type { Platform } from "./platform.ts";

/** The body of every error. */
export const errorBody = z.object({
  error: z.object({
    code: z.enum(errorCodes),
    message: z.string().min(1).describe("A sentence for developers"),
    details: z.unknown().optional().describe("What helps to act, by the code"),
    request_id: z.string().min(1),
  }),
}).meta({ id: "Error" });

const otherMethods = z.object({ methods: z.array(z.string()) });
const waiting = z.object({ retry_after_s: z.number() });

/** The one place where errors become responses. */
export function errorResponse(
  platform: Platform,
  options: { requestId: string; error: unknown },
): Response {
  const { requestId, error } = options;
  const known = error instanceof ApiError ? error : new ApiError(
    "INTERNAL_ERROR",
    "Something went wrong on our side, the request id finds it in the log",
  );
  if (known.code === "INTERNAL_ERROR") {
    platform.logger.log("error", "request_failed", {
      request_id: requestId,
      reason: error instanceof Error ? error.name : typeof error,
      stack: error instanceof Error ? framesOf(error) : undefined,
    });
  }
  platform.metrics.count("mobility_errors_total", { function: platform.name, code: known.code });
  const headers = new Headers({ "x-error-code": known.code });
  const wait = waiting.safeParse(known.details);
  if (wait.success) headers.set("retry-after", String(wait.data.retry_after_s));
  const methods = known.code === "METHOD_NOT_ALLOWED" && otherMethods.safeParse(known.details);
  // RFC 9110, 15.5.6: a 405 says what is allowed.
  if (methods && methods.success) headers.set("allow", methods.data.methods.join(", "));
  const body = {
    code: known.code,
    message: known.message,
    ...(known.details === undefined ? {} : { details: known.details }),
    request_id: requestId,
  };
  return Response.json({ error: body }, { status: known.status, headers });
}

/** Where it happened, without the message: that may quote what a caller sent. */
function framesOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) =>
    line.trimStart().startsWith("at ")
  );
  return frames.slice(0, 8).map((line) => line.trim()).join(" | ");
}
