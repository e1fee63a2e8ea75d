import type { InboundMessage, InboundStatus } from "../../../../shared/whatsapp/mod.ts";
import { answeredBy, asJson } from "./rpc.ts";
import type { Connection } from "../../support/rides.ts";

/** What came in with one webhook. */
export interface Webhook {
  readonly messages?: readonly InboundMessage[];
  readonly statuses?: readonly InboundStatus[];
  readonly deliveries?: readonly {
    readonly target: string;
    readonly body_base64: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
}

/** What receive_whatsapp counted. */
export interface Received {
  readonly stored: number;
  readonly duplicates: number;
  readonly statuses: number;
}

/** Stores what a webhook brought. */
export async function receive(sql: Connection, webhook: Webhook): Promise<Received> {
  return await answeredBy<Received>(sql`
    select public.receive_whatsapp(${asJson(webhook.messages ?? [])}::text::jsonb,
      ${asJson(webhook.statuses ?? [])}::text::jsonb,
      ${asJson(webhook.deliveries ?? [])}::text::jsonb) as answer`);
}

/** A message as it is parsed: by default "hello", now, from nobody known. */
export function message(fields: Partial<InboundMessage> = {}): InboundMessage {
  return {
    message_id: `wamid.${crypto.randomUUID()}`,
    whatsapp_user_id: null,
    phone: null,
    display_name: null,
    sent_at: new Date().toISOString(),
    content: { kind: "text", text: "hello" },
    ...fields,
  };
}

/** A delivery status as it is parsed. */
export function status(
  fields: Pick<InboundStatus, "message_id" | "status"> & Partial<InboundStatus>,
): InboundStatus {
  return {
    outbox_id: null,
    at: new Date().toISOString(),
    error_code: null,
    error_detail: null,
    ...fields,
  };
}

let lastPhone = 788_000_000;

/** A phone number that nobody in the test has yet. */
export function newPhone(): string {
  return `+250${++lastPhone}`;
}

let lastUser = 0;

/** A business-scoped user id that nobody in the test has yet. */
export function newWhatsappId(): string {
  return `RW.${String(++lastUser).padStart(12, "0")}`;
}
