import { Buffer } from "node:buffer";
import {
  type InboundMessage,
  type InboundStatus,
  type ParsedWebhook,
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

/** What of a webhook is handled here, and what is V1's. */
export interface Share {
  readonly messages: readonly InboundMessage[];
  readonly statuses: readonly InboundStatus[];
  readonly forwards: readonly Forward[];
}

/**
 * Divides a webhook between V2, which has the people in its share and the statuses of what it sent, and V1,
 * which has the rest: as it arrived when that is all of it, else without what is V2's and signed anew.
 */
export async function shareWebhook(
  webhook: RawWebhook & { readonly parsed: ParsedWebhook },
  { percent, appSecret }: { readonly percent: number; readonly appSecret: string },
): Promise<Share> {
  const keep = (identity: InboundMessage | Parameters<typeof isInShare>[0]): boolean =>
    isInShare(identity, percent);
  const keepStatus = (status: InboundStatus): boolean => status.outbox_id !== null;
  const rest = splitWebhook(webhook.body, { keep, keepStatus });
  return {
    messages: webhook.parsed.messages.filter(keep),
    statuses: webhook.parsed.statuses.filter(keepStatus),
    forwards: rest === null ? [] : [await forwardOf(webhook, { rest, appSecret })],
  };
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
