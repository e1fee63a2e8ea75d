import { z } from "zod";
import { parseJson } from "../parse-json.ts";
import type { DatabaseRole } from "./caller.ts";

const databaseErrorSchema = z.object({
  code: z.string().length(5),
  severity: z.string(),
  message: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
});

type DatabaseError = z.infer<typeof databaseErrorSchema>;

const fullMessageSchema = z.object({
  code: z.string(),
  message: z.string(),
  details: z.string().nullish(),
  hint: z.string().nullish(),
});

const fullDetailSchema = z.object({
  status: z.number().int(),
  headers: z.record(z.string(), z.string()),
});

/** What the driver says of a database that it cannot reach, or not any more. */
const connectionErrorSchema = z.object({
  code: z.string().regex(/^(?:CONNECTION_|CONNECT_TIMEOUT$|E[A-Z]+$)/),
});

/** The SQLSTATEs about relations and columns, which lite words as PostgREST does. */
const LEFT_TO_LITE = ["42P01", "42703"];

/**
 * Answers an error of PostgreSQL as PostgREST 14 would, where @supabase/lite answers 500 for whatever it
 * does not know. Undefined for what is no such error, or is left to lite.
 */
export function postgrestError(error: unknown, role: DatabaseRole): Response | undefined {
  if (connectionErrorSchema.safeParse(error).success) return unreachable();
  const parsed = databaseErrorSchema.safeParse(error);
  if (!parsed.success || LEFT_TO_LITE.includes(parsed.data.code)) return undefined;
  const { code, message, detail, hint } = parsed.data;
  if (code === "PGRST") return fullControl(parsed.data);
  return Response.json(
    { code, details: detail ?? null, hint: hint ?? null, message },
    { status: statusOf(code, role) },
  );
}

function unreachable(): Response {
  return Response.json({
    code: "PGRST001",
    details: null,
    hint: null,
    message: "Database client error. Retrying the connection.",
  }, { status: 503 });
}

// PostgREST's own table: the longest beginning of a SQLSTATE that is in it decides, 400 otherwise.
const STATUSES: Readonly<Record<string, number>> = {
  "08": 503,
  "09": 500,
  "0L": 403,
  "0P": 403,
  "21": 500,
  "23503": 409,
  "23505": 409,
  "25": 500,
  "25006": 405,
  "28": 403,
  "2D": 500,
  "38": 500,
  "39": 500,
  "3B": 500,
  "40": 500,
  "42883": 404,
  "42P17": 500,
  "53": 503,
  "53400": 500,
  "54": 500,
  "55": 500,
  "57": 500,
  "57P01": 503,
  "58": 500,
  "F0": 500,
  "HV": 500,
  "P0": 500,
  "P0001": 400,
  "PT": 500,
  "XX": 500,
};

function statusOf(code: string, role: DatabaseRole): number {
  if (code === "42501") return role === "anon" ? 401 : 403;
  const raised = /^PT([2-5]\d\d)$/.exec(code)?.[1];
  if (raised !== undefined) return Number(raised);
  return STATUSES[code] ?? STATUSES[code.slice(0, 2)] ?? 400;
}

/** `raise sqlstate 'PGRST'`: MESSAGE is the body, DETAIL the status and the headers. */
function fullControl({ message, detail }: DatabaseError): Response {
  const body = fullMessageSchema.safeParse(parseJson(message));
  const head = fullDetailSchema.safeParse(parseJson(detail ?? ""));
  if (!body.success || !head.success) {
    return Response.json({
      code: "PGRST121",
      message: `Could not parse JSON in the "RAISE SQLSTATE 'PGRST'" error`,
      details: body.success ? `Invalid DETAIL: ${detail}` : `Invalid MESSAGE: ${message}`,
      hint: null,
    }, { status: 500 });
  }
  const { code, details = null, hint = null } = body.data;
  return Response.json(
    { code, details, hint, message: body.data.message },
    { status: head.data.status, headers: head.data.headers },
  );
}
