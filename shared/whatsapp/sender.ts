import { z } from "zod";
import { cleanLine } from "./clean.ts";
import type { InboundIdentity } from "./inbound.ts";

const MAX_NAME = 120;

/** Who wrote a message, and the entry of `contacts` that says so. */
export interface Sender extends InboundIdentity {
  readonly display_name: string | null;
  readonly contact: unknown;
}

const loose = z.string().optional().catch(undefined);
const senderFields = z.object({ from: loose, from_user_id: loose });
const contactFields = z.object({
  wa_id: loose,
  user_id: loose,
  profile: z.object({ name: loose }).catch({ name: undefined }),
});

interface Contact {
  readonly raw: unknown;
  readonly phone: string | null;
  readonly whatsapp_user_id: string | null;
  readonly name: string | null;
}

/** The senders of the messages of one change, in their order. Without any identity: both are null. */
export function findSenders(
  messages: readonly unknown[],
  contacts: readonly unknown[],
): Sender[] {
  const own = messages.map(readIdentity);
  const known = contacts.map(readContact);
  const people = new Set(own.map((sender) => `${sender.whatsapp_user_id} ${sender.phone}`));
  // Meta sends one contact a person: with one of each, they belong together even if the numbers differ.
  const only = known.length === 1 && people.size === 1 ? known[0] : undefined;
  return own.map((sender) => {
    const contact = findContact(sender, known) ?? (contradicts(sender, only) ? undefined : only);
    return {
      whatsapp_user_id: sender.whatsapp_user_id ?? contact?.whatsapp_user_id ?? null,
      phone: sender.phone ?? contact?.phone ?? null,
      display_name: contact?.name ?? null,
      contact: contact?.raw,
    };
  });
}

/** A phone number as +E.164; null when it is none. */
export function normalisePhone(number: string | undefined): string | null {
  const digits = (number ?? "").replace(/^\s*\+|[\s().-]/g, "");
  return /^[1-9]\d{5,14}$/.test(digits) ? `+${digits}` : null;
}

function findContact(sender: InboundIdentity, contacts: readonly Contact[]): Contact | undefined {
  const { whatsapp_user_id: userId, phone } = sender;
  return contacts.find((contact) => userId !== null && contact.whatsapp_user_id === userId) ??
    contacts.find((contact) =>
      phone !== null && contact.phone === phone && !contradicts(sender, contact)
    );
}

function contradicts(sender: InboundIdentity, contact: Contact | undefined): boolean {
  if (contact === undefined) return false;
  return sender.whatsapp_user_id !== null && contact.whatsapp_user_id !== null &&
    sender.whatsapp_user_id !== contact.whatsapp_user_id;
}

function readIdentity(message: unknown): InboundIdentity {
  const { data } = senderFields.safeParse(message);
  return {
    whatsapp_user_id: checkUserId(data?.from_user_id),
    phone: normalisePhone(data?.from),
  };
}

function readContact(raw: unknown): Contact {
  const { data } = contactFields.safeParse(raw);
  return {
    raw,
    whatsapp_user_id: checkUserId(data?.user_id),
    phone: normalisePhone(data?.wa_id),
    name: cleanLine(data?.profile.name ?? "", MAX_NAME) || null,
  };
}

/** Two letters, a dot and up to 128 characters today; anything printable is kept as it is. */
function checkUserId(value: string | undefined): string | null {
  return value !== undefined && /^[\x21-\x7e]{1,140}$/.test(value) ? value : null;
}
