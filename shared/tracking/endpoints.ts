import { z } from "zod";
import { travelTimesOf } from "../eta/mod.ts";
import {
  ApiError,
  type Endpoint,
  endpoint,
  isErrorCode,
  type Platform,
  rateLimits,
} from "../platform/mod.ts";
import { positionResult, progress, trackedMatch, trackedTrip } from "./answers.ts";
import { countPositions } from "./count-positions.ts";
import { linkEndpoints } from "./link-endpoints.ts";
import { progressOf } from "./progress.ts";
import { position, positions } from "./requests.ts";

const results = z.array(positionResult);

/** The routes of the tracking function. */
export function trackingEndpoints(platform: Platform): Endpoint[] {
  const travelTimes = travelTimesOf(platform);
  return [
    ...linkEndpoints(platform, travelTimes),
    endpoint({
      method: "POST",
      path: "/update-location",
      summary: "Where a trip is now",
      body: position,
      response: positionResult,
      limit: rateLimits.updateLocation,
      handle: async ({ body, actingUser }) => {
        const [result] = await update(actingUser, [body]);
        if (result === undefined) {
          throw new ApiError("DATABASE_ERROR", "The database gave no result");
        }
        countPositions(platform, [result]);
        // A point that was not used is answered as such: late, it was true once; doubtful, it is the phone's.
        if (
          result.code !== undefined && !unused.has(result.code) && isErrorCode(result.code)
        ) {
          throw new ApiError(result.code, refusals[result.code] ?? "The position was refused");
        }
        return { body: result };
      },
    }),
    endpoint({
      method: "POST",
      path: "/update-locations",
      summary: "Up to 500 positions, each answered for itself",
      body: positions,
      response: z.object({ results, accepted: z.number().int() }),
      maxBytes: 256 * 1024,
      limit: rateLimits.updateLocation,
      handle: async ({ body, actingUser }) => {
        const answered = await update(actingUser, body.locations);
        return { body: { results: answered, accepted: countPositions(platform, answered) } };
      },
    }),
    endpoint({
      method: "GET",
      path: "/trips/:id",
      summary: "A trip, where it is, and its newest match",
      response: trackedTrip,
      limit: rateLimits.read,
      handle: async ({ id, actingUser }) => {
        return {
          body: await platform.database.call("get_trip", {
            p_acting_user: actingUser,
            p_trip_id: id,
          }, trackedTrip),
        };
      },
    }),
    endpoint({
      method: "GET",
      path: "/matches/:id",
      summary: "A match: its status, both positions and their ages, and the ETA",
      response: trackedMatch.omit({ vehicle: true }).extend(progress),
      limit: rateLimits.read,
      handle: async ({ id, actingUser }) => {
        const tracked = await platform.database.call(
          "get_match",
          { p_acting_user: actingUser, p_match_id: id },
          trackedMatch,
        );
        const { vehicle: _, ...shown } = tracked;
        return { body: { ...shown, ...await progressOf(tracked, travelTimes) } };
      },
    }),
  ];

  async function update(
    actingUser: string | null,
    points: z.infer<typeof position>[],
  ): Promise<z.infer<typeof results>> {
    return await platform.database.call(
      "update_positions",
      {
        p_acting_user: actingUser,
        p_points: actingUser === null ? points : points.map(({ by_hand: _, ...judged }) => judged),
      },
      results,
    );
  }
}

const unused: ReadonlySet<string> = new Set(["OUT_OF_DATE", "IMPLAUSIBLE_POSITION"]);

const refusals: Partial<Record<string, string>> = {
  TRIP_NOT_FOUND: "No trip has this id",
  FORBIDDEN: "The trip belongs to somebody else",
  TRIP_COMPLETED: "The trip is over",
  TRIP_CANCELLED: "The trip was cancelled",
  TRIP_EXPIRED: "The trip expired",
  INVALID_LOCATION:
    "Nobody can be at this point: out of range, 0, 0, or latitude and longitude exchanged",
  INVALID_TIMESTAMP: "The position was recorded in the future",
};
