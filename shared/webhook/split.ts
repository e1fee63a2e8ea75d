import { Buffer } from "node:buffer";
import { beginsAnew } from "../conversation/mod.ts";
import {
  type InboundIdentity,
  type InboundMessage,
  type InboundStatus,
  type ParsedWebhook,
  type RawMessage,
  signBody,
  splitWebhook,
} from "../whatsapp/mod.ts";
import { isInShare } from "./rollout.ts";

/** A webhook as it arrived. */
export interface RawWebhook {
  readonly bytes: Uint8Array;
  readonly signature: string;
  /** The JSON value of the bytes. */
  readonly body: unknown;
}

/** A post to V1, as receive_whatsapp takes it. */
export interface Forward {
  readonly target: "v1";
  readonly body_base64: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A message that is V1's, as receive_whatsapp takes it. */
export interface OtherMessage extends InboundIdentity {
  readonly message_id: string;
}

/** Ids of messages of which the database knows better where they belong. */
export interface Misdirected {
  readonly here: readonly string[];
  readonly there: readonly string[];
}

/** What of a webhook is handled here, and what is V1's. */
export interface Share {
  readonly messages: readonly InboundMessage[];
  readonly others: readonly OtherMessage[];
  readonly statuses: readonly InboundStatus[];
  readonly forwards: readonly Forward[];
}

/** By what a webhook is divided. */
export interface Division {
  readonly percent: number;
  readonly appSecret: string;
  readonly misdirected?: Misdirected | undefined;
}

/**
 * Divides a webhook between V2, which has the people in its share, who tapped on a button of its own, and the
 * statuses of what it sent, and V1, which has the rest: as it arrived when that is all of it, else without what is
 * V2's and signed anew.
 */
export async function shareWebhook(
  webhook: RawWebhook & { readonly parsed: ParsedWebhook },
  { percent, appSecret, misdirected }: Division,
): Promise<Share> {
  const { messages, statuses } = webhook.parsed;
  const tappers = new Set(messages.filter((each) => isOwnTap(each, percent)).map(keyOf));
  const keep = (message: RawMessage): boolean => {
    const id = message.message_id ?? "";
    if (misdirected?.there.includes(id)) return false;
    return misdirected?.here.includes(id) || isInShare(message, percent) ||
      tappers.has(keyOf(message));
  };
  const keepStatus = (status: InboundStatus): boolean => status.outbox_id !== null;
  const rest = splitWebhook(webhook.body, { keep, keepStatus });
  return {
    messages: messages.filter(keep),
    others: messages.filter((message) => !keep(message))
      .map(({ message_id, whatsapp_user_id, phone }) => ({ message_id, whatsapp_user_id, phone })),
    statuses: statuses.filter(keepStatus),
    forwards: rest === null ? [] : [await forwardOf(webhook, { rest, appSecret })],
  };
}

/** V1 does not know V2's buttons. When nobody is to come to V2, though, none of them begins anything with it. */
function isOwnTap({ content }: InboundMessage, percent: number): boolean {
  return content.kind === "reply" && (percent > 0 || !beginsAnew(content.id));
}

function keyOf({ whatsapp_user_id, phone }: InboundIdentity): string {
  return whatsapp_user_id ?? phone ?? "";
}

async function forwardOf(
  webhook: RawWebhook,
  { rest, appSecret }: { readonly rest: unknown; readonly appSecret: string },
): Promise<Forward> {
  const untouched = rest === webhook.body;
  const bytes = untouched ? webhook.bytes : new TextEncoder().encode(toAscii(rest));
  const signature = untouched ? webhook.signature : await signBody(appSecret, bytes);
  return {
    target: "v1",
    body_base64: Buffer.from(bytes).toString("base64"),
    headers: { "content-type": "application/json", "x-hub-signature-256": signature },
  };
}

/** As Meta writes JSON: whoever escapes a body before hashing it gets the same bytes. */
function toAscii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\0-~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
