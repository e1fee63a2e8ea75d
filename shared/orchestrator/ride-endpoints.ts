import { z } from "zod";
import { type Endpoint, endpoint, type Platform, rateLimits } from "../platform/mod.ts";
import {
  acceptMatch,
  acceptMatchRequest,
  advanceMatch,
  advanceRequest,
  cancelledTrip,
  cancelRequest,
  cancelTrip,
  cancelTripRequest,
  match,
  openedTrip,
  openTrip,
  openTripRequest,
  rateMatch,
  rateRequest,
  rating,
  startRequest,
} from "../rides/mod.ts";

const matchAnswer = z.object({ match }).meta({ id: "MatchResponse" });
/** What stands in the way of moving a match. */
const matchErrors = ["MATCH_NOT_FOUND", "MATCH_INVALID_STATE"] as const;

/** Opening and cancelling trips, making matches and moving them to their end. */
export function rideEndpoints(platform: Platform): Endpoint[] {
  return [
    endpoint({
      name: "openTrip",
      method: "POST",
      path: "/trips",
      summary: "Open a trip: a passenger asks for a ride, a driver goes online",
      description:
        "An open trip the person has in this role is cancelled, and named in `replaced_trip_id`. " +
        "A passenger's trip with a dropoff has an estimate of its fare.",
      body: openTripRequest,
      response: openedTrip.omit({ vehicle: true, refused_by: true }),
      status: 201,
      limit: rateLimits.openTrip,
      idempotent: true,
      errors: ["INVALID_LOCATION", "INVALID_VEHICLE_TYPE", "ALREADY_IN_RIDE"],
      handle: async ({ body, ...actor }) => {
        const { trip, replaced_trip_id } = await openTrip(platform, { ...actor, request: body });
        return { body: { trip, replaced_trip_id } };
      },
    }),
    endpoint({
      name: "cancelTrip",
      method: "DELETE",
      path: "/trips/:id",
      summary: "Cancel a trip, and the match under way on it",
      description:
        "A match under way is cancelled by the owner's side, and the other person's trip is open " +
        "again. A driver's trip ends their shift: they go offline.",
      body: cancelTripRequest,
      response: cancelledTrip,
      limit: rateLimits.changeMatch,
      idempotent: true,
      errors: [
        "TRIP_NOT_FOUND",
        "TRIP_CANCELLED",
        "TRIP_COMPLETED",
        "TRIP_EXPIRED",
      ],
      handle: async ({ body, id, ...actor }) => {
        return { body: await cancelTrip(platform, { ...actor, tripId: id, reason: body.reason }) };
      },
    }),
    endpoint({
      name: "proposeMatch",
      method: "POST",
      path: "/accept-match",
      summary: "Bind a passenger trip and a driver trip in a pending match",
      description:
        "Exactly one of those who propose the same trip at the same time succeeds. The match is " +
        "`pending`; the side that did not propose accepts or declines.",
      body: acceptMatchRequest,
      response: matchAnswer,
      status: 201,
      limit: rateLimits.acceptMatch,
      idempotent: true,
      errors: [
        "BLOCKED",
        "TRIP_NOT_FOUND",
        "TRIP_ALREADY_MATCHED",
        "TRIP_CANCELLED",
        "TRIP_COMPLETED",
        "TRIP_NOT_DUE",
        "MATCH_DECLINED",
        "TRIP_EXPIRED",
        "TRIP_WRONG_ROLE",
        "VEHICLE_TYPE_MISMATCH",
        "SELF_MATCH",
      ],
      handle: async ({ body, ...actor }) => {
        return { body: { match: await acceptMatch(platform, { ...actor, request: body }) } };
      },
    }),
    ...(["accept", "decline", "arrive", "complete"] as const).map((action) =>
      endpoint({
        name: `${action}Match`,
        method: "POST",
        path: `/matches/:id/${action}`,
        ...told[action],
        body: advanceRequest,
        response: matchAnswer,
        limit: rateLimits.changeMatch,
        idempotent: true,
        handle: async ({ body, id, ...actor }) => {
          return {
            body: {
              match: await advanceMatch(platform, { ...actor, matchId: id, action, as: body.as }),
            },
          };
        },
      })
    ),
    endpoint({
      name: "startMatch",
      method: "POST",
      path: "/matches/:id/start",
      summary: "Start the ride with the passenger's PIN; five wrong ones lock it for ten minutes",
      description: "By the driver, who is told the PIN by the passenger.",
      body: startRequest,
      response: matchAnswer,
      limit: rateLimits.changeMatch,
      idempotent: true,
      errors: [...matchErrors, "PIN_INVALID", "PIN_LOCKED"],
      handle: async ({ body, id, ...actor }) => {
        const start = {
          ...actor,
          matchId: id,
          action: "start",
          as: body.as,
          pin: body.pin,
        } as const;
        return { body: { match: await advanceMatch(platform, start) } };
      },
    }),
    endpoint({
      name: "cancelMatch",
      method: "POST",
      path: "/matches/:id/cancel",
      summary: "Cancel a match, with a reason",
      description:
        "By either side, until the ride is over. The other person's trip is open again; the " +
        "passenger's own ends with it, unless they `keep_searching`.",
      body: cancelRequest,
      response: matchAnswer,
      limit: rateLimits.changeMatch,
      idempotent: true,
      errors: matchErrors,
      handle: async ({ body, id, ...actor }) => {
        const cancel = {
          ...actor,
          matchId: id,
          action: "cancel",
          as: body.as,
          cancel: body,
        } as const;
        return { body: { match: await advanceMatch(platform, cancel) } };
      },
    }),
    endpoint({
      name: "rateMatch",
      method: "POST",
      path: "/matches/:id/rate",
      summary: "Rate the other side of a completed ride, 1 to 5",
      description: "Each side once, within seven days.",
      body: rateRequest,
      response: z.object({ rating }),
      limit: rateLimits.changeMatch,
      idempotent: true,
      errors: [...matchErrors, "MATCH_EXPIRED", "ALREADY_RATED"],
      handle: async ({ body, id, ...actor }) => {
        return {
          body: { rating: await rateMatch(platform, { ...actor, matchId: id, request: body }) },
        };
      },
    }),
  ];
}

const told = {
  accept: {
    summary: "Accept a proposed match, as the side that was asked",
    description: "Before `respond_by`.",
    errors: [...matchErrors, "MATCH_EXPIRED"],
  },
  decline: {
    summary: "Decline a proposed match, as the side that was asked",
    description: "Before `respond_by`. Both trips are open again, but not for each other.",
    errors: [...matchErrors, "MATCH_EXPIRED"],
  },
  arrive: {
    summary: "The driver is at the pickup",
    description:
      "By the driver. Whoever shares positions has to be near: a fresh one (two minutes, sent since " +
      "the ride was accepted) more than 500 m from the pickup, beyond its `accuracy_m`, is refused. " +
      "Who shares none is believed.",
    errors: [...matchErrors, "TOO_FAR_FROM_PICKUP"],
  },
  complete: {
    summary: "The ride is over",
    description: "By the driver. The fare is then final.",
    errors: matchErrors,
  },
} as const;
