import { z } from "zod";
import {
  answeredOffer,
  answerOffer,
  dispatch,
  dispatchTrip,
  listOffers,
  offer,
} from "../dispatch/mod.ts";
import { radiusM } from "../matching/mod.ts";
import { type Endpoint, endpoint, type Platform, rateLimits } from "../platform/mod.ts";
import { type Strategies, strategyName } from "../ranking/mod.ts";

const dispatchRequest = z.object({
  passenger_trip_id: z.guid().transform((value) => value.toLowerCase()),
  radius_m: radiusM,
  strategy: strategyName.default("balanced"),
  /** How many drivers are asked at once. */
  batch_size: z.number().int().min(1).max(10).default(3),
  /** Seconds each of them has to answer. */
  offer_s: z.number().int().min(5).max(300).default(30),
});

/** Letting the system find a driver by offers, and answering them. */
export function dispatchEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    endpoint({
      method: "POST",
      path: "/dispatch",
      summary:
        "Offer a passenger's trip to the best drivers near, a few at a time, until one accepts",
      body: dispatchRequest,
      response: z.object({ dispatch }),
      limit: rateLimits.acceptMatch,
      handle: async ({ body, caller, actingUser, idempotencyKey }) => ({
        status: 201,
        body: {
          dispatch: await dispatchTrip(platform, {
            caller,
            actingUser,
            idempotencyKey,
            tripId: body.passenger_trip_id,
            radiusM: body.radius_m,
            strategy: body.strategy,
            strategies,
            batchSize: body.batch_size,
            offerS: body.offer_s,
          }),
        },
      }),
    }),
    endpoint({
      method: "GET",
      path: "/trips/:id/offers",
      summary: "The offers of a trip, the newest first",
      response: z.object({ offers: z.array(offer) }),
      limit: rateLimits.read,
      handle: async ({ id, actingUser }) => ({
        body: { offers: await listOffers(platform, { actingUser, tripId: id }) },
      }),
    }),
    answer("accept", "Accept an offer: the ride is the driver's at once"),
    answer("decline", "Decline an offer: the next driver is asked"),
  ];

  function answer(action: "accept" | "decline", summary: string): Endpoint {
    return endpoint({
      method: "POST",
      path: `/offers/:id/${action}`,
      summary,
      body: z.object({}),
      response: answeredOffer,
      limit: rateLimits.changeMatch,
      handle: async ({ id, actingUser, idempotencyKey }) => ({
        body: await answerOffer(platform, {
          actingUser,
          idempotencyKey,
          offerId: id,
          accept: action === "accept",
        }),
      }),
    });
  }
}
