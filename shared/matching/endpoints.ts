import { z } from "zod";
import { etaS, point } from "../geo/mod.ts";
import { type Endpoint, endpoint, type Platform, rateLimits } from "../platform/mod.ts";
import { found, nearbyAnswer } from "./answers.ts";
import { poolOf, searchPool } from "./pool.ts";

/** The most anybody is sent for, in metres. */
export const radiusM = z.number().min(100).max(50_000).default(10_000).describe("Metres");
/** The code of a vehicle type; which there are is for the database to say. */
export const vehicleType = z.string().regex(
  /^[a-z][a-z0-9_]{0,30}$/,
  "Must be the code of a vehicle type",
).describe("The code of a vehicle type: `moto`, `cab`, `lifan`, `truck`, `other`");

const request = point.extend({
  role: z.enum(["driver", "passenger"]).default("driver").describe("Who is looked for"),
  vehicle_type: vehicleType,
  radius_m: radiusM,
  limit: z.number().int().min(1).max(100).default(20),
  exclude_user_ids: z.array(z.guid()).max(100).default([])
    .describe("People to leave out, beside a signed-in caller"),
});

const nearby = z.array(
  found.extend({ eta_s: z.number().int().describe("Seconds to the point, by the great circle") })
    .meta({ id: "NearbyPerson" }),
);
const response = z.object({
  drivers: nearby.optional().describe("When drivers were asked for"),
  passengers: nearby.optional().describe("When passengers were asked for"),
  count: z.number().int(),
  timestamp: z.iso.datetime(),
});

/** The routes of the matching function. */
export function matchingEndpoints(platform: Platform): Endpoint[] {
  return [endpoint({
    name: "findNearby",
    method: "POST",
    path: "/find-nearby",
    summary: "Available drivers or passengers near a point, nearest first, not ranked",
    description: "Always as the database knows it now: nothing here is cached.",
    body: request,
    response,
    limit: rateLimits.find,
    errors: ["INVALID_LOCATION", "INVALID_VEHICLE_TYPE"],
    handle: async ({ body, actingUser }) => {
      const excluded = new Set(body.exclude_user_ids.map((id) => id.toLowerCase()));
      if (actingUser !== null) excluded.add(actingUser);
      // As many more as may be left out.
      const asked = body.limit + excluded.size;
      const answer = await platform.database.call("find_nearby", {
        p_role: body.role,
        p_vehicle_type: body.vehicle_type,
        p_lat: body.lat,
        p_lng: body.lng,
        p_limit: asked,
      }, nearbyAnswer);
      const pool = poolOf(answer, { origin: body, vehicleType: body.vehicle_type, asked });
      const results = searchPool(pool, {
        at: body,
        radiusM: body.radius_m,
        excludedUsers: excluded,
      })
        .slice(0, body.limit)
        .map((row) => ({ ...row, eta_s: etaS(row.distance_m, answer.vehicle) }));
      platform.metrics.observe("mobility_counterparts_found", results.length, { role: body.role });
      return {
        body: {
          [`${body.role}s`]: results,
          count: results.length,
          timestamp: new Date().toISOString(),
        },
      };
    },
  })];
}
