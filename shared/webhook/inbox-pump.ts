import { z } from "zod";
import { answerEvent, claimedEvent } from "../conversation/mod.ts";
import { type Platform, Pump } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import type { GraphClient } from "../whatsapp/mod.ts";

const CONCURRENCY = 10;
/** Seconds; an answer that comes later is refused, so nothing is done twice. */
const LEASE_S = 20;
/** What somebody waits for an answer to. */
const EXPECTED = ["text", "location", "reply"];

const claims = z.array(
  z.object({
    event: z.looseObject({
      id: z.number().int(),
      lease: z.guid(),
      message_id: z.string(),
      attempts: z.number().int(),
      content: z.looseObject({ kind: z.string() }),
    }),
  }).loose(),
);

type Claim = z.infer<typeof claims>[number];

/** Answers what people wrote, one event a person at a time; each failure is that event's alone. */
export function createInboxPump(
  platform: Platform,
  options: {
    readonly strategies: Strategies;
    readonly graph: GraphClient;
    readonly markRead: boolean;
    readonly onAnswered: () => void;
  },
): Pump<Claim, void> {
  const { database, logger, metrics } = platform;

  async function answer(claim: Claim): Promise<void> {
    if (options.markRead) showAsRead(claim);
    const outcome = await outcomeOf(claim);
    metrics.count("mobility_inbox_answered_total", { outcome });
    options.onAnswered();
  }

  async function outcomeOf(claim: Claim): Promise<string> {
    const parsed = claimedEvent.safeParse(claim);
    if (parsed.success) return await answerEvent(platform, options.strategies, parsed.data);
    const { id, lease } = claim.event;
    logger.log("error", "event_unreadable", {
      event_id: id,
      path: parsed.error.issues[0]?.path.join("."),
    });
    await database.call(
      "fail_inbox",
      { p_event_id: id, p_lease: lease, p_code: "VALIDATION_ERROR" },
      z.unknown(),
    );
    return "unreadable";
  }

  /** The answer does not wait for it, and it is no harm if it fails. */
  function showAsRead({ event }: Claim): void {
    if (event.attempts > 0 || !EXPECTED.includes(event.content.kind)) return;
    platform.afterResponse(async () => {
      await options.graph.markRead(event.message_id, { typing: true });
    });
  }

  return new Pump({
    concurrency: CONCURRENCY,
    claim: (limit) => database.call("claim_inbox", { p_limit: limit, p_lease_s: LEASE_S }, claims),
    work: answer,
    onError: (error) => {
      metrics.count("mobility_inbox_answered_total", { outcome: "broken" });
      logger.log("error", "answer_broke", {
        reason: error instanceof Error ? error.name : "unknown",
      });
    },
  });
}
