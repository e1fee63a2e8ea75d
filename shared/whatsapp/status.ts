import { z } from "zod";
import type { InboundStatus } from "./inbound.ts";
import { messageId, unixTime } from "./message-fields.ts";
import { redact } from "./redact.ts";

const OUTBOX = /^outbox:([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

const statusFields = z.object({
  id: messageId,
  // "played" and whatever comes next say nothing that these do not.
  status: z.enum(["sent", "delivered", "read", "failed"]),
  timestamp: unixTime,
  biz_opaque_callback_data: z.string().optional().catch(undefined),
  errors: z.array(z.unknown()).catch([]),
});

/** The code of an error; what is no error object has none. */
export const errorCode = z.object({ code: z.int().min(0).max(2 ** 31 - 1) });
const errorTexts = z.object({
  title: z.string().catch(""),
  error_data: z.object({ details: z.string().catch("") }).catch({ details: "" }),
});

/** A status of one of our messages; null when it is malformed or of no use. */
export function parseStatus(raw: unknown): InboundStatus | null {
  const { data: status } = statusFields.safeParse(raw);
  if (status === undefined) return null;
  const [error] = status.errors;
  const texts = errorTexts.safeParse(error).data;
  const detail = [texts?.title, texts?.error_data.details].filter(Boolean).join(": ");
  return {
    message_id: status.id,
    outbox_id: OUTBOX.exec(status.biz_opaque_callback_data ?? "")?.[1]?.toLowerCase() ?? null,
    status: status.status,
    at: status.timestamp,
    error_code: errorCode.safeParse(error).data?.code ?? null,
    error_detail: redact(detail) || null,
  };
}
