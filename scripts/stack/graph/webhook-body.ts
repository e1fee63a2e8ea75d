import type { Person } from "./people.ts";

/** The business's own number, as every webhook names it. */
export interface BusinessNumber {
  readonly phone_number_id: string;
  readonly display_phone_number: string;
}

/** A message as it stands in `messages[]`, with what the person's identity adds. */
export interface MessageOptions {
  readonly person: Person;
  readonly message_id: string;
  /** ISO 8601. */
  readonly at: string;
  /** The message of the business that this one answers. */
  readonly context?: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Wraps a part of `value` in the envelope that Meta posts to the webhook. */
export function webhookBody(
  number: BusinessNumber,
  value: Readonly<Record<string, unknown>>,
): unknown {
  return {
    object: "whatsapp_business_account",
    entry: [{
      id: "200000000000002",
      changes: [{
        value: { messaging_product: "whatsapp", metadata: number, ...value },
        field: "messages",
      }],
    }],
  };
}

/** `contacts` and `messages` for one message of a person. */
export function messageValue(
  number: BusinessNumber,
  { person, message_id, at, context, fields }: MessageOptions,
): Record<string, unknown> {
  const message = {
    ...(context === undefined
      ? {}
      : { context: { from: number.display_phone_number, id: context } }),
    ...(person.phone === null ? {} : { from: person.phone }),
    ...(person.whatsapp_user_id === null ? {} : { from_user_id: person.whatsapp_user_id }),
    id: message_id,
    timestamp: unixSeconds(at),
    ...fields,
  };
  return { contacts: [contactOf(person)], messages: [message] };
}

/** An entry of `contacts[]`. */
export function contactOf(person: Person): Record<string, unknown> {
  return {
    profile: { name: person.name ?? "" },
    ...(person.phone === null ? {} : { wa_id: person.phone }),
    ...(person.whatsapp_user_id === null ? {} : { user_id: person.whatsapp_user_id }),
  };
}

/** Meta's timestamps are text. */
export function unixSeconds(iso: string): string {
  return String(Math.floor(Date.parse(iso) / 1000));
}
