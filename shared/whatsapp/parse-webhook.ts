import { z } from "zod";
import { parseContent } from "./content.ts";
import type { InboundMessage, InboundStatus, ParsedWebhook } from "./inbound.ts";
import { messageId, unixTime } from "./message-fields.ts";
import { findSenders, type Sender } from "./sender.ts";
import { errorCode, parseStatus } from "./status.ts";

const list = z.array(z.unknown()).catch([]);
const envelope = z.object({ entry: z.array(z.unknown()) });
const entryFields = z.object({ changes: z.array(z.unknown()) });
const changeFields = z.object({
  field: z.literal("messages"),
  value: z.object({ messages: list, statuses: list, contacts: list, errors: list }),
});
const messageFields = z.object({
  id: messageId,
  timestamp: unixTime,
  type: z.string().catch("unknown"),
});

/**
 * The messages and statuses of a webhook body, in order. Never throws: each is parsed on its own, and
 * what is malformed, of no use or of another kind is counted in `ignored`.
 */
export function parseWebhook(body: unknown): ParsedWebhook {
  const messages: InboundMessage[] = [];
  const statuses: InboundStatus[] = [];
  const errors: { code: number }[] = [];
  let ignored = 0;
  const keep = <T>(into: T[], item: T | null | undefined): void => {
    if (item === null || item === undefined) ignored++;
    else into.push(item);
  };

  const entries = envelope.safeParse(body).data?.entry ?? [];
  for (const entry of entries) {
    const changes = entryFields.safeParse(entry).data?.changes;
    if (changes === undefined) ignored++;
    for (const change of changes ?? []) {
      const value = changeFields.safeParse(change).data?.value;
      if (value === undefined) {
        ignored++;
        continue;
      }
      const senders = findSenders(value.messages, value.contacts);
      value.messages.forEach((raw, index) => keep(messages, parseMessage(raw, senders[index])));
      for (const raw of value.statuses) keep(statuses, parseStatus(raw));
      for (const raw of value.errors) keep(errors, errorCode.safeParse(raw).data);
    }
  }
  return { messages, statuses, errors, ignored };
}

function parseMessage(raw: unknown, sender: Sender | undefined): InboundMessage | null {
  if (sender === undefined || (sender.whatsapp_user_id ?? sender.phone) === null) return null;
  const { data: message } = messageFields.safeParse(raw);
  if (message === undefined) return null;
  const content = parseContent(raw, message.type);
  return content && {
    message_id: message.id,
    whatsapp_user_id: sender.whatsapp_user_id,
    phone: sender.phone,
    display_name: sender.display_name,
    sent_at: message.timestamp,
    content,
  };
}
