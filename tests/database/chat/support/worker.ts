import { z } from "zod";
import { type ClaimedEvent, claimedEvent } from "../../../../shared/conversation/mod.ts";
import { type ClaimedDelivery, claimedDelivery } from "../../../../shared/outbox/post-delivery.ts";
import { type ClaimedMessage, claimedMessage } from "../../../../shared/outbox/send-message.ts";
import type { Connection } from "../../support/rides.ts";
import { answeredBy, asJson } from "./rpc.ts";

/** How many to claim, and for how many seconds. */
export interface Claim {
  readonly limit?: number;
  readonly lease_s?: number;
}

/** Leases messages to answer; each as the worker parses it. */
export async function claimInbox(
  sql: Connection,
  { limit = 10, lease_s = 30 }: Claim = {},
): Promise<ClaimedEvent[]> {
  return z.array(claimedEvent).parse(
    await answeredBy(sql`select public.claim_inbox(${limit}, ${lease_s}) as answer`),
  );
}

/** What is answered to an event; by default nothing, and the conversation is idle. */
export interface Answer {
  readonly step?: string;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly say?: readonly { readonly kind: string; readonly params: unknown }[];
  readonly command?: Readonly<Record<string, unknown>> | null;
  readonly locale?: string;
}

/** What answer_inbox answers itself. */
export interface Answered {
  readonly done?: true;
  readonly result?: Readonly<Record<string, unknown>> | null;
  readonly error?: { readonly code: string; readonly details: unknown };
}

/** Answers a leased event. */
export async function answerInbox(
  sql: Connection,
  event: { readonly id: number; readonly lease: string },
  answer: Answer = {},
): Promise<Answered> {
  const { step = "idle", context = {}, say = [], command = null, locale } = answer;
  return await answeredBy<Answered>(sql`
    select public.answer_inbox(${event.id}, ${event.lease},
      ${asJson({ step, context, say, command, locale })}::text::jsonb) as answer`);
}

/** Gives back an event that could not be answered. */
export async function failInbox(
  sql: Connection,
  event: { readonly id: number; readonly lease: string },
  code = "INTERNAL_ERROR",
): Promise<{ dead: boolean }> {
  return await answeredBy(
    sql`select public.fail_inbox(${event.id}, ${event.lease}, ${code}) as answer`,
  );
}

/** Leases messages to send; each as the worker parses it. */
export async function claimOutbox(
  sql: Connection,
  { limit = 20, lease_s = 60 }: Claim = {},
): Promise<ClaimedMessage[]> {
  return z.array(claimedMessage).parse(
    await answeredBy(sql`select public.claim_outbox(${limit}, ${lease_s}) as answer`),
  );
}

/** What became of a claimed message or post. */
export interface Result {
  readonly id: string;
  readonly lease: string;
  readonly outcome: "sent" | "retry" | "hold" | "dead" | "expired" | "template" | "unknown";
  readonly message_id?: string;
  readonly error_code?: number | null;
  readonly error_detail?: string;
  readonly retry_after_s?: number;
}

/** Records what became of claimed messages. */
export async function recordOutbox(
  sql: Connection,
  results: readonly Result[],
): Promise<{ recorded: number }> {
  return await answeredBy(
    sql`select public.record_outbox(${asJson(results)}::text::jsonb) as answer`,
  );
}

/** Sends whatever is due until nothing is left, to WhatsApp's id "wamid.out.<outbox id>". */
export async function sendAll(sql: Connection): Promise<ClaimedMessage[]> {
  const sent: ClaimedMessage[] = [];
  for (;;) {
    const claimed = await claimOutbox(sql, { limit: 50 });
    if (claimed.length === 0) return sent;
    await recordOutbox(
      sql,
      claimed.map(({ id, lease }) => ({
        id,
        lease,
        outcome: "sent",
        message_id: `wamid.out.${id}`,
      })),
    );
    sent.push(...claimed);
  }
}

/** Leases posts to make; each as the worker parses it. */
export async function claimDeliveries(
  sql: Connection,
  { limit = 20, lease_s = 60 }: Claim = {},
): Promise<ClaimedDelivery[]> {
  return z.array(claimedDelivery).parse(
    await answeredBy(sql`select public.claim_deliveries(${limit}, ${lease_s}) as answer`),
  );
}

/** Records what became of claimed posts. */
export async function recordDeliveries(
  sql: Connection,
  results: readonly Result[],
): Promise<{ recorded: number }> {
  return await answeredBy(
    sql`select public.record_deliveries(${asJson(results)}::text::jsonb) as answer`,
  );
}
