import { z } from "zod";

/** What a person sent, as far as the conversation can use it; lat and lng in WGS 84 degrees. */
export const inboundContent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), text: z.string().min(1).max(4096) }),
  z.object({
    kind: z.literal("location"),
    lat: z.number().min(-90).max(90),
    lng: z.number().min(-180).max(180),
    name: z.string().max(300).optional(),
    address: z.string().max(300).optional(),
  }),
  // A tap on a button or a list row of ours, whenever that was sent.
  z.object({
    kind: z.literal("reply"),
    id: z.string().min(1).max(256),
    title: z.string().max(256),
  }),
  z.object({
    kind: z.literal("contacts"),
    contacts: z.array(z.object({ name: z.string().max(120), phone: z.string() })).min(1).max(5),
  }),
  z.object({ kind: z.literal("unsupported"), type: z.string().min(1).max(64) }),
]);

/** See `inboundContent`. */
export type InboundContent = z.infer<typeof inboundContent>;

/** Who somebody is to WhatsApp; at least one is known. The phone is +E.164 and may be out of date. */
export interface InboundIdentity {
  readonly whatsapp_user_id: string | null;
  readonly phone: string | null;
}

/** A message that a person sent. */
export interface InboundMessage extends InboundIdentity {
  readonly message_id: string;
  readonly display_name: string | null;
  /** ISO 8601, UTC. */
  readonly sent_at: string;
  readonly content: InboundContent;
}

/** What became of a message that we sent. */
export interface InboundStatus {
  readonly message_id: string;
  /** The uuid that was sent along as callback data; null when none or another was. */
  readonly outbox_id: string | null;
  readonly status: "sent" | "delivered" | "read" | "failed";
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly error_code: number | null;
  readonly error_detail: string | null;
}

/** All that a webhook body holds for us. */
export interface ParsedWebhook {
  readonly messages: InboundMessage[];
  readonly statuses: InboundStatus[];
  /** Errors of the account or the number, not of a message. */
  readonly errors: { readonly code: number }[];
  /** How many messages, statuses, changes and entries were of no use or not understood. */
  readonly ignored: number;
}
