import { z } from "zod";
import { type Platform, Pump } from "../platform/mod.ts";
import {
  type ClaimedDelivery,
  claimedDelivery,
  type DeliveryResult,
  postDelivery,
  type PostOptions,
} from "./post-delivery.ts";
import { recordResults } from "./record-results.ts";

const CONCURRENCY = 20;
/** Seconds: a post's timeout, and the attempts to record it. */
const LEASE_S = 40;

/** Makes the posts to the operator's own systems: webhooks that belong to V1, SOS alerts. */
export function createDeliveryPump(
  platform: Platform,
  options: PostOptions & {
    readonly onOutcome?: (outcome: DeliveryResult["outcome"]) => void;
  },
): Pump<ClaimedDelivery, DeliveryResult> {
  const { database, logger, metrics } = platform;
  return new Pump({
    concurrency: CONCURRENCY,
    claim: (limit) =>
      database.call(
        "claim_deliveries",
        { p_limit: limit, p_lease_s: LEASE_S },
        z.array(claimedDelivery),
      ),
    work: async (delivery) => {
      const result = await postDelivery(delivery, options);
      const { outcome } = result;
      metrics.count("mobility_deliveries_total", { target: delivery.target, outcome });
      options.onOutcome?.(outcome);
      if (outcome !== "sent") {
        logger.log(outcome === "dead" ? "error" : "warn", "delivery_failed", {
          target: delivery.target,
          outcome,
          attempts: delivery.attempts + 1,
          reason: result.error_detail,
        });
      }
      return result;
    },
    settle: async (results) => {
      await recordResults(results, {
        logger,
        write: (part) =>
          database.call("record_deliveries", { p_results: z.json().parse(part) }, z.unknown()),
      });
    },
    onError: (error) =>
      logger.log("error", "delivery_broke", {
        reason: error instanceof Error ? error.name : "unknown",
      }),
  });
}
