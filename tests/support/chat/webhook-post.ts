import { z } from "zod";
import { messageFields, type PhoneContent } from "../../../scripts/stack/graph/phone-content.ts";
import { contactOf, messageValue, webhookBody } from "../../../scripts/stack/graph/webhook-body.ts";
import { encodeAsMeta } from "../../../scripts/stack/graph/webhook-sender.ts";
import { signBody } from "../../../shared/whatsapp/mod.ts";
import { contract } from "../http-contract.ts";
import type { World } from "../stack.ts";
import type { Identity } from "../../../scripts/stack/graph/stand-in-client.ts";

/** One message as Meta would post it. */
export interface MetaMessage {
  readonly from: Identity;
  readonly content: PhoneContent;
  readonly message_id: string;
  readonly at: Date;
}

/** A delivery status as Meta would post it. */
export interface MetaStatus {
  readonly to: Identity;
  readonly message_id: string;
  readonly status: "sent" | "delivered" | "read" | "failed";
  readonly callbackData?: string;
  readonly errorCode?: number;
}

/** How a body is signed: properly unless told otherwise; null without a signature. */
export interface PostOptions {
  readonly signature?: string | null;
}

const number = { phone_number_id: "100000000000001", display_phone_number: "15550100001" };
const entries = z.object({ entry: z.array(z.unknown()) });

/** A new message of somebody, with an id that no other has. */
export function messageOf(from: Identity, content: PhoneContent): MetaMessage {
  return { from, content, message_id: `wamid.test.${crypto.randomUUID()}`, at: new Date() };
}

/** A webhook's bytes: an entry for each of the messages and statuses, in this order. */
export function metaBody(...items: readonly (MetaMessage | MetaStatus)[]): Uint8Array {
  const bodies = items.map((item) =>
    entries.parse(webhookBody(number, "status" in item ? statusValue(item) : valueOf(item)))
  );
  return encodeAsMeta({
    object: "whatsapp_business_account",
    entry: bodies.flatMap(({ entry }) => entry),
  });
}

/** Posts bytes to the webhook as Meta does. */
export async function postWebhook(
  { info }: World,
  bytes: Uint8Array,
  options: PostOptions = {},
): Promise<{ status: number; text: string }> {
  const signature = options.signature === undefined
    ? await signBody(info.whatsapp_app_secret, bytes)
    : options.signature;
  const response = await fetch(info.webhook_url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(signature === null ? {} : { "x-hub-signature-256": signature }),
    },
    body: new Uint8Array(bytes),
  });
  const text = await response.text();
  // What is signed and cannot be read is taken as well, so the request is not held against its schema.
  contract.checkText({ method: "POST", path: "whatsapp-webhook" }, { response, text });
  return { status: response.status, text };
}

function valueOf({ from, content, message_id, at }: MetaMessage): Record<string, unknown> {
  return messageValue(number, {
    person: personOf(from),
    message_id,
    at: at.toISOString(),
    fields: messageFields(content, "button"),
  });
}

function statusValue(options: MetaStatus): Record<string, unknown> {
  const { to, message_id, status, callbackData, errorCode } = options;
  const person = personOf(to);
  const title = "Something went wrong";
  return {
    contacts: [contactOf(person)],
    statuses: [{
      id: message_id,
      status,
      timestamp: String(Math.floor(Date.now() / 1000)),
      ...(person.phone === null ? {} : { recipient_id: person.phone }),
      ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
      ...(errorCode === undefined ? {} : {
        errors: [{ code: errorCode, title, message: title, error_data: { details: title } }],
      }),
    }],
  };
}

function personOf({ name, phone, whatsapp_user_id }: Identity): Parameters<typeof contactOf>[0] {
  return {
    key: whatsapp_user_id ?? phone ?? "",
    phone: phone?.replaceAll(/\D/g, "") ?? null,
    whatsapp_user_id,
    name,
  };
}
