import { z } from "zod";
import type { RideRequest } from "./city.ts";
import type { Attempt, ServiceClient } from "../city/service-client.ts";

const matchSchema = z.object({
  match: z.object({ id: z.guid(), status: z.string(), pin: z.string().nullish() }),
});
const tripSchema = z.object({
  trip: z.object({ id: z.guid(), status: z.string(), duration_s: z.number().nullable() }),
});
const foundSchema = z.object({
  drivers: z.array(z.object({
    trip_id: z.guid(),
    user_id: z.guid(),
    distance_m: z.number(),
    eta_s: z.number(),
  })),
  cached: z.boolean(),
});
const trackedTripSchema = tripSchema.extend({
  match: z.object({ status: z.string() }).nullable(),
});

/** A driver in the answer of a search. */
export type FoundDriver = z.infer<typeof foundSchema>["drivers"][number];
/** A match, as far as a ride needs it. */
export type RideMatch = z.infer<typeof matchSchema>["match"];

/** Somebody else has the driver, or the driver has gone: ask the next. */
const TAKEN_CODES = ["TRIP_ALREADY_MATCHED", "TRIP_COMPLETED", "TRIP_CANCELLED", "TRIP_EXPIRED"];

/** Every request of a ride, one function each, in the order in which a ride makes them. */
export class RideCalls {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async openTrip(request: RideRequest): Promise<z.infer<typeof tripSchema>["trip"]> {
    const { trip } = await this.#client.call({
      step: "open trip",
      method: "POST",
      path: "/orchestrator/trips",
      body: {
        user_id: request.userId,
        role: "passenger",
        vehicle_type: request.vehicleType,
        pickup: request.pickup,
        dropoff: request.dropoff,
      },
      answer: tripSchema,
    });
    return trip;
  }

  async findDrivers(tripId: string): Promise<z.infer<typeof foundSchema>> {
    return await this.#client.call({
      step: "find drivers",
      method: "POST",
      path: "/orchestrator/find-drivers",
      body: { passenger_trip_id: tripId, limit: 10 },
      answer: foundSchema,
    });
  }

  /** Undefined when the driver is no longer there to ask. */
  async propose(passengerTripId: string, driverTripId: string): Promise<RideMatch | undefined> {
    const attempt = await this.#client.attempt({
      step: "accept match",
      method: "POST",
      path: "/orchestrator/accept-match",
      body: { passenger_trip_id: passengerTripId, driver_trip_id: driverTripId },
      answer: matchSchema,
    }, TAKEN_CODES);
    return attempt.ok ? attempt.value.match : undefined;
  }

  async advance(
    matchId: string,
    action: "accept" | "decline" | "arrive" | "complete",
  ): Promise<RideMatch> {
    const { match } = await this.#client.call({
      step: action,
      method: "POST",
      path: `/orchestrator/matches/${matchId}/${action}`,
      body: {},
      answer: matchSchema,
    });
    return match;
  }

  async start(matchId: string, pin: string): Promise<Attempt<unknown>> {
    return await this.#client.attempt({
      step: "start",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/start`,
      body: { pin },
      answer: matchSchema,
    }, ["PIN_INVALID"]);
  }

  async cancelMatch(
    matchId: string,
    cancel: { readonly as: "driver" | "passenger"; readonly reason: string },
  ): Promise<void> {
    await this.#client.call({
      step: "cancel",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/cancel`,
      body: cancel,
      answer: matchSchema,
    });
  }

  async rate(
    matchId: string,
    rating: { readonly as: "driver" | "passenger"; readonly rating: number },
  ): Promise<void> {
    await this.#client.call({
      step: "rate",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/rate`,
      body: rating,
      answer: z.object({ rating: z.object({ rating: z.number() }) }),
    });
  }

  /** Cancels the trip with whatever hangs on it; a trip that is over already is fine too. */
  async cancelTrip(tripId: string, reason: string): Promise<void> {
    await this.#client.attempt({
      step: "cancel trip",
      method: "DELETE",
      path: `/orchestrator/trips/${tripId}`,
      body: { reason },
      answer: tripSchema,
    }, ["TRIP_CANCELLED", "TRIP_COMPLETED", "TRIP_EXPIRED"]);
  }

  /** What the passenger's page shows while the ride is under way. */
  async trackMatch(matchId: string): Promise<void> {
    await this.#client.call({
      step: "track match",
      method: "GET",
      path: `/tracking/matches/${matchId}`,
      answer: matchSchema,
    });
  }

  async trackTrip(tripId: string): Promise<z.infer<typeof trackedTripSchema>> {
    return await this.#client.call({
      step: "track trip",
      method: "GET",
      path: `/tracking/trips/${tripId}`,
      answer: trackedTripSchema,
    });
  }
}
