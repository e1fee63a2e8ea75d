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
      name: "updateLocation",
      method: "POST",
      path: "/update-location",
      summary: "Where a trip is now",
      description: "`OUT_OF_DATE` (older than what is known, or the same point sent again) and " +
        "`IMPLAUSIBLE_POSITION` (`mock`, or farther than 1 km and 200 km/h from the last good point) " +
        "come with 200 and `accepted: false`, because resending would not help.\n\n" +
        "Implausible points cost trust: a driver whose points are not believed is not offered until " +
        "good ones come. A jump that was true is believed after a while. Whose phone sent positions, " +
        "two or more within ten minutes of each other, and then none for three minutes, is not " +
        "offered until the next.",
      body: position,
      response: positionResult,
      limit: rateLimits.updateLocation,
      errors: [
        "INVALID_LOCATION",
        "INVALID_TIMESTAMP",
        "TRIP_NOT_FOUND",
        "TRIP_CANCELLED",
        "TRIP_COMPLETED",
        "TRIP_EXPIRED",
      ],
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
      name: "updateLocations",
      method: "POST",
      path: "/update-locations",
      summary: "Up to 500 positions, each answered for itself",
      description:
        "Answered in their order; what one position is refused for is its `code`, with 200. During a " +
        "ride all points of a batch are kept as its way for a week, one a second at most; the newest " +
        "alone moves the driver and is broadcast.",
      errors: ["INVALID_LOCATION"],
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
      name: "trackTrip",
      method: "GET",
      path: "/trips/:id",
      summary: "A trip, where it is, and its newest match",
      description: "For its owner, and for the counterpart during the ride.",
      errors: ["TRIP_NOT_FOUND"],
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
      name: "trackMatch",
      method: "GET",
      path: "/matches/:id",
      summary: "A match: its status, both positions and their ages, and the ETA",
      description: "For its two people.",
      errors: ["MATCH_NOT_FOUND"],
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
