import { z } from "zod";
import { type Endpoint, endpoint, type Platform, rateLimits } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import {
  acknowledged,
  alerts,
  cancelled,
  city,
  deadLetters,
  letterMoved,
  overview,
  rideInFull,
} from "./answers.ts";
import { cancelOpenTrip, cancelRide } from "./cancel.ts";
import { redispatch, redispatched } from "./redispatch.ts";
import { acknowledgeRequest, letterRequest, overviewFilter, reasonRequest } from "./requests.ts";

/** What operators see and do; the database refuses everybody else. */
export function operatorEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    ...readingEndpoints(platform),
    endpoint({
      method: "POST",
      path: "/operator/rides/:id/cancel",
      summary: "End a ride for both sides, whatever its state",
      body: reasonRequest,
      response: cancelled,
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, body }) => ({
        body: await cancelRide(platform, { actingUser, id, ...body }),
      }),
    }),
    endpoint({
      method: "POST",
      path: "/operator/trips/:id/cancel",
      summary: "Cancel a passenger's open trip, or take a driver offline",
      body: reasonRequest,
      response: cancelled,
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, body }) => ({
        body: await cancelOpenTrip(platform, { actingUser, id, ...body }),
      }),
    }),
    ...([["rides", "match"], ["trips", "trip"]] as const).map(([path, target]) =>
      endpoint({
        method: "POST",
        path: `/operator/${path}/:id/redispatch`,
        summary: `Find the passenger of a ${target} another driver`,
        body: reasonRequest,
        response: redispatched,
        limit: rateLimits.changeMatch,
        handle: async ({ id, actingUser, body }) => ({
          body: await redispatch(platform, { actingUser, id, target, strategies, ...body }),
        }),
      })
    ),
    endpoint({
      method: "POST",
      path: "/operator/sos/:id/acknowledge",
      summary: "Take up a call for help",
      body: acknowledgeRequest,
      response: acknowledged,
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, body }) => ({
        body: await platform.database.call("acknowledge_sos", {
          p_acting_user: actingUser,
          p_alert_id: id,
          p_by: body.by ?? null,
        }, acknowledged),
      }),
    }),
    ...(["retry", "drop"] as const).map((action) =>
      endpoint({
        method: "POST",
        path: `/operator/dead-letters/${action}`,
        summary: action === "retry" ? "Queue what was given up once more" : "Let it rest",
        body: letterRequest,
        response: letterMoved,
        limit: rateLimits.changeMatch,
        handle: async ({ actingUser, body }) => ({
          body: await platform.database.call(`${action}_dead_letter`, {
            p_acting_user: actingUser,
            p_queue: body.queue,
            p_id: body.id,
          }, letterMoved),
        }),
      })
    ),
  ];
}

function readingEndpoints(platform: Platform): Endpoint[] {
  return [
    endpoint({
      method: "GET",
      path: "/operator/overview",
      summary: "Everything that is going on now",
      body: overviewFilter,
      response: overview,
      limit: rateLimits.read,
      handle: async ({ actingUser, body }) => ({
        body: await platform.database.call("operator_overview", {
          p_acting_user: actingUser,
          p_filter: body,
        }, overview),
      }),
    }),
    endpoint({
      method: "GET",
      path: "/operator/rides/:id",
      summary: "A ride in full: its people, positions and everything that happened",
      response: rideInFull,
      limit: rateLimits.read,
      handle: async ({ id, actingUser }) => ({
        body: await platform.database.call("operator_ride", {
          p_acting_user: actingUser,
          p_match_id: id,
        }, rideInFull),
      }),
    }),
    read("/operator/city", {
      rpc: "operator_city",
      response: city,
      summary: "What a map of it all is drawn on",
    }),
    read("/operator/sos", {
      rpc: "operator_sos",
      response: alerts,
      summary: "Calls for help: those nobody has taken up first",
    }),
    read("/operator/dead-letters", {
      rpc: "operator_dead_letters",
      response: deadLetters,
      summary: "What the queues gave up",
    }),
  ];

  function read<T>(
    path: string,
    { rpc, response, summary }: {
      rpc: "operator_city" | "operator_sos" | "operator_dead_letters";
      response: z.ZodType<T>;
      summary: string;
    },
  ): Endpoint {
    return endpoint({
      method: "GET",
      path,
      summary,
      response,
      limit: rateLimits.read,
      handle: async ({ actingUser }) => ({
        body: await platform.database.call(rpc, { p_acting_user: actingUser }, response),
      }),
    });
  }
}
