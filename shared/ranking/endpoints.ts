import { z } from "zod";
import { type Endpoint, endpoint } from "../platform/mod.ts";
import { candidate } from "./candidate.ts";
import { rank } from "./rank.ts";
import { type Strategies, strategyName } from "./strategies.ts";

const request = z.object({
  drivers: z.array(candidate.meta({ id: "Candidate" })).max(500)
    .describe("Whatever else they have comes back unchanged"),
  strategy: strategyName.default("balanced"),
  limit: z.number().int().min(1).max(500).optional(),
});

/** The points behind a score. */
export const scoreParts = z.object({
  rating: z.number(),
  acceptance: z.number(),
  completion: z.number(),
  distance: z.number(),
  recency: z.number(),
  distance_bonus: z.number(),
  recency_bonus: z.number(),
}).meta({ id: "ScoreParts", description: "The points behind a score, which they add up to" });

const response = z.object({
  drivers: z.array(
    candidate.extend({ score: z.number(), rank: z.number().int(), score_parts: scoreParts })
      .meta({ id: "RankedCandidate" }),
  ),
  count: z.number().int(),
  strategy: strategyName,
  timestamp: z.iso.datetime(),
});

/** The routes of the ranking function. */
export function rankingEndpoints(strategies: Strategies): Endpoint[] {
  return [endpoint({
    name: "rankDrivers",
    method: "POST",
    path: "/rank-drivers",
    summary: "Order drivers by a strategy, with the parts of each score",
    description:
      "Pure arithmetic on what is sent: the same drivers always come back in the same order. " +
      "What is not known of a driver may be left out.",
    body: request,
    response,
    maxBytes: 512 * 1024,
    handle: ({ body }) => {
      const drivers = rank(body.drivers, {
        strategy: body.strategy,
        strategies,
        ...(body.limit === undefined ? {} : { limit: body.limit }),
      });
      return Promise.resolve({
        body: {
          drivers,
          count: drivers.length,
          strategy: body.strategy,
          timestamp: new Date().toISOString(),
        },
      });
    },
  })];
}
