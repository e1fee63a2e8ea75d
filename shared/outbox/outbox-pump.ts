import { z } from "zod";
import { type Metrics, type Platform, Pump } from "../platform/mod.ts";
import type { GraphClient } from "../whatsapp/mod.ts";
import { errorLabel } from "./error-label.ts";
import { recordResults } from "./record-results.ts";
import {
  type ClaimedMessage,
  claimedMessage,
  type MessageOutcome,
  sendMessage,
  WINDOW_CLOSED,
} from "./send-message.ts";

const CONCURRENCY = 20;
/** Seconds: a send's timeout, and the attempts to record it. */
const LEASE_S = 40;
const MAX_REMEMBERED = 1000;

type SendResult = MessageOutcome & { readonly id: string; readonly lease: string };

/** Sends the messages of the outbox, the oldest of each person first, and records what became of each. */
export function createOutboxPump(
  platform: Platform,
  options: {
    readonly graph: GraphClient;
    readonly tripPageUrl: string;
    readonly onOutcome?: (outcome: MessageOutcome["outcome"]) => void;
  },
): Pump<ClaimedMessage, SendResult> {
  const { database, logger, metrics } = platform;
  // What may have gone out and could not be recorded: claimed again here, it is recorded and not sent.
  const remembered = new Map<string, MessageOutcome>();

  async function send(claimed: ClaimedMessage): Promise<SendResult> {
    const { id, lease } = claimed;
    const before = remembered.get(id);
    if (before !== undefined) return { ...before, id, lease };
    const outcome = await sendMessage(claimed, { ...options, logger });
    count(metrics, outcome);
    options.onOutcome?.(outcome.outcome);
    if (outcome.outcome === "dead") {
      // That somebody has been silent for a day, and this is not worth a template, is nobody's fault.
      logger.log(outcome.error_detail === WINDOW_CLOSED ? "info" : "error", "message_dead", {
        outbox_id: id,
        kind: claimed.kind,
        code: outcome.error_code ?? undefined,
        reason: outcome.error_detail,
      });
    }
    return { ...outcome, id, lease };
  }

  async function settle(results: readonly SendResult[]): Promise<void> {
    const lost = await recordResults(results, {
      logger,
      write: (part) =>
        database.call("record_outbox", { p_results: z.json().parse(part) }, z.unknown()),
    });
    for (const { id } of results) remembered.delete(id);
    for (const { id, lease: _, ...outcome } of lost) {
      if (outcome.outcome === "sent" || outcome.outcome === "unknown") remembered.set(id, outcome);
    }
    for (const id of [...remembered.keys()].slice(0, -MAX_REMEMBERED)) remembered.delete(id);
  }

  return new Pump({
    concurrency: CONCURRENCY,
    claim: (limit) =>
      database.call(
        "claim_outbox",
        { p_limit: limit, p_lease_s: LEASE_S },
        z.array(claimedMessage),
      ),
    work: send,
    settle,
    onError: (error) =>
      logger.log("error", "send_broke", {
        reason: error instanceof Error ? error.name : "unknown",
      }),
  });
}

function count(metrics: Metrics, outcome: MessageOutcome): void {
  metrics.count("mobility_outbox_total", { outcome: outcome.outcome });
  if (outcome.outcome === "sent") return;
  const code = "error_code" in outcome ? outcome.error_code : null;
  metrics.count("mobility_outbox_errors_total", { code: errorLabel(code) });
}
