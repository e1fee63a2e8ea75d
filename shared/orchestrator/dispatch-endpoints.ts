import { z } from "zod";
import {
  answeredOffer,
  answerOffer,
  assignedCount,
  assignWaiting,
  dispatch,
  dispatchDefaults,
  dispatchTrip,
  listOffers,
  offer,
} from "../dispatch/mod.ts";
import { radiusM } from "../matching/mod.ts";
import { ApiError, type Endpoint, endpoint, type Platform, rateLimits } from "../platform/mod.ts";
import { type Strategies, strategyName } from "../ranking/mod.ts";
import { searchErrors } from "./find-endpoints.ts";

const dispatchRequest = z.object({
  passenger_trip_id: z.guid().transform((value) => value.toLowerCase()),
  radius_m: radiusM,
  strategy: strategyName.default(dispatchDefaults.strategy),
  batch_size: z.number().int().min(1).max(10).optional()
    .describe("How many drivers are asked at once; one, unless the dispatch policy was changed"),
  offer_s: z.number().int().min(5).max(300).default(dispatchDefaults.offerS)
    .describe("Seconds each of them has to answer, by the database's clock"),
});

/** Letting the system find a driver by offers, and answering them. */
export function dispatchEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    endpoint({
      name: "dispatchTrip",
      method: "POST",
      path: "/dispatch",
      summary:
        "Offer a passenger's trip to the best drivers near, a few at a time, until one accepts",
      description:
        "The system finds the driver: up to 30 ranked candidates are offered the ride, a batch at " +
        "a time; when none of a batch accepts, the next follows. Once the ride is taken or " +
        "cancelled, its offers are called back in the same transaction.",
      body: dispatchRequest,
      response: z.object({ dispatch }),
      status: 201,
      limit: rateLimits.acceptMatch,
      idempotent: true,
      errors: [...searchErrors, "NO_DRIVERS_FOUND"],
      handle: async ({ body, caller, actingUser, idempotencyKey }) => ({
        body: {
          dispatch: await dispatchTrip(platform, {
            caller,
            actingUser,
            idempotencyKey,
            tripId: body.passenger_trip_id,
            radiusM: body.radius_m,
            strategy: body.strategy,
            strategies,
            batchSize: body.batch_size ?? dispatchDefaults.batchSize,
            offerS: body.offer_s,
          }),
        },
      }),
    }),
    endpoint({
      name: "assignWaiting",
      method: "POST",
      path: "/assign",
      summary: "Assign the requests whose window is over, all together",
      description:
        "Where the dispatch policy collects requests for some seconds. Whoever asked sees to it by " +
        "itself; this is for who keeps the time for everybody, as the simulator does.",
      body: z.object({}),
      response: assignedCount,
      callers: "service",
      handle: async ({ caller }) => {
        if (caller.kind !== "service") {
          throw new ApiError("FORBIDDEN", "Assigning is for the service");
        }
        return { body: await assignWaiting(platform) };
      },
    }),
    endpoint({
      name: "listOffers",
      method: "GET",
      path: "/trips/:id/offers",
      summary: "The offers of a trip, the newest first",
      description: "What a driver's trip is offered, or whom a passenger's was offered to.",
      response: z.object({ offers: z.array(offer) }),
      limit: rateLimits.read,
      errors: ["TRIP_NOT_FOUND"],
      handle: async ({ id, actingUser }) => ({
        body: { offers: await listOffers(platform, { actingUser, tripId: id }) },
      }),
    }),
    answer("accept", {
      summary: "Accept an offer: the ride is the driver's at once",
      description: "Binds both in one transaction, as an `accepted` match.",
      errors: [
        "BLOCKED",
        "TRIP_ALREADY_MATCHED",
        "TRIP_CANCELLED",
        "TRIP_COMPLETED",
        "TRIP_NOT_DUE",
        "TRIP_EXPIRED",
      ],
    }),
    answer("decline", {
      summary: "Decline an offer: the next driver is asked",
      description: "What else the trip is offered stays.",
      errors: [],
    }),
  ];

  function answer(
    action: "accept" | "decline",
    told: Required<Pick<Endpoint, "summary" | "description" | "errors">>,
  ): Endpoint {
    return endpoint({
      ...told,
      name: `${action}Offer`,
      method: "POST",
      path: `/offers/:id/${action}`,
      body: z.object({}),
      response: answeredOffer,
      limit: rateLimits.changeMatch,
      idempotent: true,
      errors: ["OFFER_NOT_FOUND", "OFFER_GONE", ...told.errors],
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
