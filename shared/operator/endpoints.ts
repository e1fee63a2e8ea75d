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

const operators = { callers: "operators" } as const;
const neitherSide =
  "An operator acts for neither side: nobody's record suffers, both people are told that it was us.";

/** What operators see and do; the database refuses everybody else. */
export function operatorEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    ...readingEndpoints(platform),
    endpoint({
      ...operators,
      name: "operatorCancelRide",
      method: "POST",
      path: "/operator/rides/:id/cancel",
      summary: "End a ride for both sides, whatever its state",
      description: `The passenger's wish ends with it; the driver is free again. ${neitherSide}`,
      errors: ["MATCH_NOT_FOUND", "MATCH_INVALID_STATE"],
      body: reasonRequest,
      response: cancelled,
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, body }) => ({
        body: await cancelRide(platform, { actingUser, id, ...body }),
      }),
    }),
    endpoint({
      ...operators,
      name: "operatorCancelTrip",
      method: "POST",
      path: "/operator/trips/:id/cancel",
      summary: "Cancel a passenger's open trip, or take a driver offline",
      description: `One in a ride is refused, with \`details.match_id\`. ${neitherSide}`,
      errors: [
        "TRIP_NOT_FOUND",
        "TRIP_ALREADY_MATCHED",
        "TRIP_CANCELLED",
        "TRIP_COMPLETED",
        "TRIP_EXPIRED",
      ],
      body: reasonRequest,
      response: cancelled,
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, body }) => ({
        body: await cancelOpenTrip(platform, { actingUser, id, ...body }),
      }),
    }),
    ...([["rides", "match"], ["trips", "trip"]] as const).map(([path, target]) =>
      endpoint({
        ...operators,
        name: target === "match" ? "operatorRedispatchRide" : "operatorRedispatchTrip",
        method: "POST",
        path: `/operator/${path}/:id/redispatch`,
        summary: `Find the passenger of a ${target} another driver`,
        description: target === "match"
          ? "Takes apart a match that has not begun and offers the trip to those near, without the " +
            `driver who had it; \`dispatch\` is null when no search could begin, and \`problem\` is the code that says why. ${neitherSide}`
          : `Offers an open trip to those near. ${neitherSide}`,
        errors: target === "match" ? ["MATCH_NOT_FOUND", "MATCH_INVALID_STATE"] : [
          "TRIP_NOT_FOUND",
          "TRIP_ALREADY_MATCHED",
          "TRIP_CANCELLED",
          "TRIP_COMPLETED",
          "TRIP_NOT_DUE",
          "TRIP_EXPIRED",
          "TRIP_WRONG_ROLE",
        ],
        body: reasonRequest,
        response: redispatched,
        limit: rateLimits.changeMatch,
        handle: async ({ id, actingUser, body }) => ({
          body: await redispatch(platform, { actingUser, id, target, strategies, ...body }),
        }),
      })
    ),
    endpoint({
      ...operators,
      name: "operatorAcknowledgeAlert",
      method: "POST",
      path: "/operator/sos/:id/acknowledge",
      summary: "Take up a call for help",
      description: "Whoever was first stays `acknowledged_by`.",
      errors: ["ALERT_NOT_FOUND"],
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
        ...operators,
        name: action === "retry" ? "operatorRetryLetter" : "operatorDropLetter",
        method: "POST",
        path: `/operator/dead-letters/${action}`,
        summary: action === "retry" ? "Queue what was given up once more" : "Let it rest",
        errors: action === "retry"
          ? ["DEAD_LETTER_NOT_FOUND", "DEAD_LETTER_EXPIRED"]
          : ["DEAD_LETTER_NOT_FOUND"],
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
      ...operators,
      name: "operatorOverview",
      method: "GET",
      path: "/operator/overview",
      summary: "Everything that is going on now",
      description:
        "Lists have at most 500 entries: passengers who wait longest, drivers heard of last, rides " +
        "with a call for help and then those without a change for longest. `counts` knows of all.",
      errors: ["INVALID_VEHICLE_TYPE"],
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
      ...operators,
      name: "operatorRide",
      method: "GET",
      path: "/operator/rides/:id",
      summary: "A ride in full: its people, positions and everything that happened",
      description:
        "The timeline has everything that happened to the passenger's wish, matches that came to " +
        "nothing before included: searches, offers, states, calls for help, ratings, operators, and " +
        "which messages were said and how far they came. The PIN stays between the two people.",
      errors: ["MATCH_NOT_FOUND"],
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
      name: "operatorCity",
      rpc: "operator_city",
      response: city,
      summary: "What a map of it all is drawn on",
    }),
    read("/operator/sos", {
      name: "operatorAlerts",
      rpc: "operator_sos",
      response: alerts,
      summary: "Calls for help: those nobody has taken up first, then those of the last day",
    }),
    read("/operator/dead-letters", {
      name: "operatorDeadLetters",
      rpc: "operator_dead_letters",
      response: deadLetters,
      summary: "What the queues gave up and why, not what it says",
    }),
  ];

  function read<T>(
    path: string,
    { name, rpc, response, summary }: {
      name: string;
      rpc: "operator_city" | "operator_sos" | "operator_dead_letters";
      response: z.ZodType<T>;
      summary: string;
    },
  ): Endpoint {
    return endpoint({
      ...operators,
      name,
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
