import type { InboundIdentity, InboundStatus } from "./inbound.ts";
import { messageId } from "./message-fields.ts";
import { findSenders } from "./sender.ts";
import { parseStatus } from "./status.ts";

/** A message of a webhook, readable or not: all three ids may be null. */
export interface RawMessage extends InboundIdentity {
  readonly message_id: string | null;
}

/** What of a webhook stays here. */
export interface Kept {
  readonly keep: (message: RawMessage) => boolean;
  readonly keepStatus: (status: InboundStatus) => boolean;
}

type Json = Record<string, unknown>;

/**
 * The webhook body without what is kept, for whoever handles the rest: the same envelope around the same
 * objects, and what nobody here understands. Null when nothing remains; `body` itself when nothing is kept.
 */
export function splitWebhook(body: unknown, kept: Kept): unknown {
  if (!isObject(body) || !Array.isArray(body.entry)) return null;
  const entries = restOf(body.entry, (entry) => {
    if (!isObject(entry) || !Array.isArray(entry.changes) || entry.changes.length === 0) {
      return entry;
    }
    return withList(
      entry,
      "changes",
      restOf(entry.changes, (change) => restOfChange(change, kept)),
    );
  });
  return withList(body, "entry", entries);
}

function restOfChange(change: unknown, { keep, keepStatus }: Kept): unknown {
  if (!isObject(change) || change.field !== "messages" || !isObject(change.value)) return change;
  const { value } = change;
  const [messages, statuses, contacts] = [
    list(value.messages),
    list(value.statuses),
    list(value.contacts),
  ];
  const senders = findSenders(messages, contacts);
  const staying = senders.map(({ whatsapp_user_id, phone }, index) =>
    keep({ whatsapp_user_id, phone, message_id: idOf(messages[index]) })
  );
  const otherMessages = messages.filter((_, index) => !staying[index]);
  const otherStatuses = statuses.filter((raw) => {
    const status = parseStatus(raw);
    return status === null || !keepStatus(status);
  });
  if (otherMessages.length === messages.length && otherStatuses.length === statuses.length) {
    return change;
  }
  // Whoever handles the rest has no business with the people whose messages stay.
  const [known, needed] = [true, false].map((stays) =>
    new Set(senders.filter((_, index) => staying[index] === stays).map(({ contact }) => contact))
  );
  const rest = { ...value };
  replace(rest, "messages", otherMessages);
  replace(rest, "statuses", otherStatuses);
  replace(
    rest,
    "contacts",
    contacts.filter((contact) => !known?.has(contact) || needed?.has(contact)),
  );
  const hasRest = ["messages", "statuses", "errors"].some((name) => list(rest[name]).length > 0);
  return hasRest ? { ...change, value: rest } : null;
}

function replace(value: Json, name: string, items: readonly unknown[]): void {
  if (items.length === 0) delete value[name];
  else value[name] = items;
}

/** What remains of each item; null is nothing. The same list when all of it remains. */
function restOf(
  items: readonly unknown[],
  rest: (item: unknown) => unknown,
): readonly unknown[] {
  const remaining = items.map(rest);
  if (remaining.every((item, index) => item === items[index])) return items;
  return remaining.filter((item) => item !== null);
}

function withList(object: Json, name: string, items: readonly unknown[]): Json | null {
  if (items.length === 0) return null;
  return items === object[name] ? object : { ...object, [name]: items };
}

function idOf(message: unknown): string | null {
  return isObject(message) ? messageId.safeParse(message.id).data ?? null : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
