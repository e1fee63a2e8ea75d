import { z } from "zod";
import { errorLabel } from "../outbox/mod.ts";
import { ApiError, type Platform, readBytes, type WhatsAppConfig } from "../platform/mod.ts";
import * as contract from "../webhook-contract/mod.ts";
import { type ParsedWebhook, parseWebhook, verifySignature } from "../whatsapp/mod.ts";
import type { Rollout } from "./rollout.ts";
import { type Misdirected, type RawWebhook, type Share, shareWebhook } from "./split.ts";

const SIGNATURE = "x-hub-signature-256";
/** How often a webhook is divided anew because somebody in it has begun something meanwhile. */
const DIVISIONS = 4;
const ids = z.array(z.string());
const received = z.union([
  z.object({
    stored: z.number().int(),
    duplicates: z.number().int(),
    statuses: z.number().int(),
  }),
  z.object({ here: ids, there: ids }),
]);

/** What a webhook brought, and what it left to do. */
export interface Received {
  /** Messages and statuses, whoever they are for. */
  readonly received: number;
  /** Those of V2, new or not. */
  readonly messages: number;
  /** Whether a message that we sent is to be sent again. */
  readonly failures: boolean;
  readonly forwards: number;
}

/**
 * Takes a webhook: nothing is looked at before its signature, and all of it is stored when this returns.
 * @throws ApiError UNAUTHENTICATED, PAYLOAD_TOO_LARGE, SERVICE_UNAVAILABLE
 */
export async function receiveWebhook(
  platform: Platform,
  { request, config, rollout }: {
    readonly request: Request;
    readonly config: WhatsAppConfig;
    readonly rollout: Rollout;
  },
): Promise<Received> {
  const signature = request.headers.get(SIGNATURE);
  if (signature === null) throw new ApiError("UNAUTHENTICATED", `Sign the body: ${SIGNATURE}`);
  const bytes = await readBytes(request, contract.receiveWebhook.maxBytes);
  if (!await verifySignature(config.appSecret, { body: bytes, header: signature })) {
    throw new ApiError("UNAUTHENTICATED", `${SIGNATURE} does not sign this body`);
  }
  const body = parseJson(bytes);
  if (body === undefined) {
    // Signed, so it is Meta's: refused, it would come again for seven days and be no better.
    platform.logger.log("error", "webhook_unreadable", { bytes: bytes.length });
    return { received: 0, messages: 0, failures: false, forwards: 0 };
  }
  const parsed = parseWebhook(body);
  for (const { code } of parsed.errors) countError(platform, code);
  const share = await storeShare(platform, {
    webhook: { bytes, signature, body, parsed },
    config,
    rollout,
  });
  return {
    received: parsed.messages.length + parsed.statuses.length,
    messages: share.messages.length,
    failures: share.statuses.some(({ status }) => status === "failed"),
    forwards: share.forwards.length,
  };
}

/**
 * Stores V2's part and V1's. How people are divided is proposed here; the database, which sees what everybody is in
 * the middle of, stores it in the same call or says what belongs to the other side.
 * @throws ApiError SERVICE_UNAVAILABLE
 */
async function storeShare(
  platform: Platform,
  { webhook, config, rollout }: {
    readonly webhook: RawWebhook & { readonly parsed: ParsedWebhook };
    readonly config: WhatsAppConfig;
    readonly rollout: Rollout;
  },
): Promise<Share> {
  const { messages, statuses } = webhook.parsed;
  if (config.v1WebhookUrl === undefined) {
    const all: Share = { messages, statuses, others: [], forwards: [] };
    await store(platform, all, { hasV1: false });
    return all;
  }
  const percent = await rollout.percent();
  let misdirected: Misdirected | undefined;
  for (let division = 1; division <= DIVISIONS; division++) {
    const share = await shareWebhook(webhook, {
      percent,
      appSecret: config.appSecret,
      misdirected,
    });
    const better = await store(platform, share, { hasV1: true });
    if (better === undefined) return share;
    misdirected = merge(misdirected, better);
  }
  throw new ApiError("SERVICE_UNAVAILABLE", "Whose messages these are changes all the time");
}

function merge(before: Misdirected | undefined, { here, there }: Misdirected): Misdirected {
  return {
    here: [...before?.here ?? [], ...here],
    there: [...before?.there ?? [], ...there],
  };
}

/** Undefined when it is stored; else nothing is, and these messages belong to the other side. */
async function store(
  platform: Platform,
  { messages, others, statuses, forwards }: Share,
  { hasV1 }: { readonly hasV1: boolean },
): Promise<Misdirected | undefined> {
  if (messages.length + statuses.length + forwards.length === 0) return undefined;
  const answer = await platform.database.call("receive_whatsapp", {
    p_messages: z.json().parse(messages),
    p_statuses: z.json().parse(statuses),
    p_deliveries: z.json().parse(forwards),
    ...(hasV1 ? { p_others: z.json().parse(others) } : {}),
  }, received);
  if ("here" in answer) return answer;
  for (const { status, error_code } of statuses) {
    if (status === "failed") countError(platform, error_code);
  }
  const kinds = new Set(messages.map(({ content }) => content.kind));
  // Nearly every webhook has one message; of several the database tells only how many were new.
  const kind = kinds.size === 1 ? [...kinds].join() : "mixed";
  const { stored, duplicates } = answer;
  for (const [result, count] of Object.entries({ stored, duplicate: duplicates })) {
    if (count > 0) {
      platform.metrics.count("mobility_webhook_messages_total", { kind, result }, count);
    }
  }
  return undefined;
}

function countError(platform: Platform, code: number | null): void {
  platform.metrics.count("mobility_webhook_errors_total", { code: errorLabel(code) });
  platform.logger.log("warn", "whatsapp_error", { code: code ?? undefined });
}

/** The JSON object of the bytes; undefined when they are none. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    const body: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return z.record(z.string(), z.unknown()).safeParse(body).data === undefined ? undefined : body;
  } catch {
    return undefined;
  }
}
