import { z } from "zod";
import { dispatchDefaults, findRanked, type RankedSearch } from "../dispatch/mod.ts";
import { found, radiusM } from "../matching/mod.ts";
import {
  type Endpoint,
  endpoint,
  type ErrorCode,
  type Platform,
  rateLimits,
} from "../platform/mod.ts";
import { scoreParts, type Strategies, strategyName } from "../ranking/mod.ts";

const id = z.guid().transform((value) => value.toLowerCase());
const options = z.object({
  radius_m: radiusM,
  limit: z.number().int().min(1).max(50).default(20),
  strategy: strategyName.default(dispatchDefaults.strategy),
});
const ranked = z.array(
  found.extend({
    eta_s: z.number().int().describe("The driver's seconds to the pickup, on the road where known"),
    score: z.number().describe("Up to 100 points and 15 of bonus"),
    score_parts: scoreParts,
    rank: z.number().int().describe("1 is the best"),
  }).meta({
    id: "RankedPerson",
    description: "Somebody available, with their place in the ranking",
  }),
);
const common = {
  count: z.number().int(),
  strategy: strategyName,
  cached: z.boolean().describe("Whether the people found come from the cache"),
  timestamp: z.iso.datetime(),
};

/** What stands in the way of a search for a trip. */
export const searchErrors: readonly ErrorCode[] = [
  "TRIP_NOT_FOUND",
  "TRIP_ALREADY_MATCHED",
  "TRIP_CANCELLED",
  "TRIP_COMPLETED",
  "TRIP_NOT_DUE",
  "TRIP_EXPIRED",
  "TRIP_WRONG_ROLE",
];
const description =
  "A search is answered from Redis while it knows as much as the database would say: for 40 seconds, " +
  "for anybody who searches within 500 m. Whoever was taken since is left out, distances " +
  "and ages are worked out anew, and nobody found is always looked for again. `cached` says which " +
  "it was. Nobody is offered to themselves, to whom they blocked, or again to whom they refused.";

const limited = { limit: rateLimits.find, limitsItself: true, errors: searchErrors } as const;

/** find-drivers for a passenger's trip and its mirror, find-passengers for a driver's. */
export function findEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    endpoint({
      name: "findDrivers",
      method: "POST",
      path: "/find-drivers",
      summary: "Ranked drivers for an open passenger trip",
      description,
      body: options.extend({ passenger_trip_id: id }),
      response: z.object({ drivers: ranked, ...common }),
      ...limited,
      handle: async ({ body, caller }) => {
        const { found: drivers, ...rest } = await find("driver", {
          ...body,
          caller,
          tripId: body.passenger_trip_id,
        });
        return { body: { drivers, ...rest } };
      },
    }),
    endpoint({
      name: "findPassengers",
      method: "POST",
      path: "/find-passengers",
      summary: "Ranked passengers for an open driver trip",
      description,
      body: options.extend({ driver_trip_id: id }),
      response: z.object({ passengers: ranked, ...common }),
      ...limited,
      handle: async ({ body, caller }) => {
        const { found: passengers, ...rest } = await find("passenger", {
          ...body,
          caller,
          tripId: body.driver_trip_id,
        });
        return { body: { passengers, ...rest } };
      },
    }),
  ];

  async function find(
    role: "driver" | "passenger",
    search:
      & z.infer<typeof options>
      & Pick<RankedSearch, "caller" | "tripId">,
  ): Promise<z.infer<z.ZodObject<typeof common>> & { found: z.infer<typeof ranked> }> {
    const { found, cached } = await findRanked(platform, {
      ...search,
      role,
      radiusM: search.radius_m,
      strategies,
    });
    return {
      found,
      count: found.length,
      strategy: search.strategy,
      cached,
      timestamp: new Date().toISOString(),
    };
  }
}
