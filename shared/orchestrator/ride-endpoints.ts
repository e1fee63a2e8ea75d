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

const matchAnswer = z.object({ match });

/** Opening and cancelling trips, making matches and moving them to their end. */
export function rideEndpoints(platform: Platform): Endpoint[] {
  return [
    endpoint({
      method: "POST",
      path: "/trips",
      summary: "Open a trip: a passenger asks for a ride, a driver goes online",
      body: openTripRequest,
      response: openedTrip.omit({ vehicle: true, refused_by: true }),
      limit: rateLimits.openTrip,
      handle: async ({ body, ...actor }) => {
        const { trip, replaced_trip_id } = await openTrip(platform, { ...actor, request: body });
        return { status: 201, body: { trip, replaced_trip_id } };
      },
    }),
    endpoint({
      method: "DELETE",
      path: "/trips/:id",
      summary: "Cancel a trip, and the match under way on it",
      body: cancelTripRequest,
      response: cancelledTrip,
      limit: rateLimits.changeMatch,
      handle: async ({ body, id, ...actor }) => {
        return { body: await cancelTrip(platform, { ...actor, tripId: id, reason: body.reason }) };
      },
    }),
    endpoint({
      method: "POST",
      path: "/accept-match",
      summary: "Bind a passenger trip and a driver trip in a pending match",
      body: acceptMatchRequest,
      response: matchAnswer,
      limit: rateLimits.acceptMatch,
      handle: async ({ body, ...actor }) => {
        return {
          status: 201,
          body: { match: await acceptMatch(platform, { ...actor, request: body }) },
        };
      },
    }),
    ...(["accept", "decline", "arrive", "complete"] as const).map((action) =>
      endpoint({
        method: "POST",
        path: `/matches/:id/${action}`,
        summary: summaries[action],
        body: advanceRequest,
        response: matchAnswer,
        limit: rateLimits.changeMatch,
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
      method: "POST",
      path: "/matches/:id/start",
      summary: "Start the ride with the passenger's PIN; five wrong ones lock it for ten minutes",
      body: startRequest,
      response: matchAnswer,
      limit: rateLimits.changeMatch,
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
      method: "POST",
      path: "/matches/:id/cancel",
      summary: "Cancel a match, with a reason",
      body: cancelRequest,
      response: matchAnswer,
      limit: rateLimits.changeMatch,
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
      method: "POST",
      path: "/matches/:id/rate",
      summary: "Rate the other side of a completed ride, 1 to 5",
      body: rateRequest,
      response: z.object({ rating }),
      limit: rateLimits.changeMatch,
      handle: async ({ body, id, ...actor }) => {
        return {
          body: { rating: await rateMatch(platform, { ...actor, matchId: id, request: body }) },
        };
      },
    }),
  ];
}

const summaries = {
  accept: "Accept a proposed match, as the side that was asked",
  decline: "Decline a proposed match, as the side that was asked",
  arrive: "The driver is at the pickup",
  complete: "The ride is over",
} as const;
