import { z } from "zod";
import { findRanked, type RankedSearch } from "../dispatch/mod.ts";
import { found, radiusM } from "../matching/mod.ts";
import { type Endpoint, endpoint, type Platform } from "../platform/mod.ts";
import { scoreParts, type Strategies, strategyName } from "../ranking/mod.ts";

const id = z.guid().transform((value) => value.toLowerCase());
const options = z.object({
  radius_m: radiusM,
  limit: z.number().int().min(1).max(50).default(20),
  strategy: strategyName.default("balanced"),
});
const ranked = z.array(found.extend({
  eta_s: z.number().int(),
  score: z.number(),
  score_parts: scoreParts,
  rank: z.number().int(),
}));
const common = {
  count: z.number().int(),
  strategy: strategyName,
  cached: z.boolean(),
  timestamp: z.iso.datetime(),
};

/** find-drivers for a passenger's trip and its mirror, find-passengers for a driver's. */
export function findEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    endpoint({
      method: "POST",
      path: "/find-drivers",
      summary: "Ranked drivers for an open passenger trip",
      body: options.extend({ passenger_trip_id: id }),
      response: z.object({ drivers: ranked, ...common }),
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
      method: "POST",
      path: "/find-passengers",
      summary: "Ranked passengers for an open driver trip",
      body: options.extend({ driver_trip_id: id }),
      response: z.object({ passengers: ranked, ...common }),
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
