import { z } from "zod";
import type { Point } from "../../shared/geo/mod.ts";
import type { Attempt, Call } from "../city/service-client.ts";
import type { SimulatedSystem } from "./simulated-system.ts";

const trip = z.object({ id: z.guid(), status: z.string(), fare_amount: z.number().nullable() });
const opened = z.object({ trip });
const match = z.object({
  id: z.guid(),
  status: z.string(),
  fare_amount: z.number().nullable(),
  pin: z.string().nullish(),
});
const matchAnswer = z.object({ match });
const answered = z.object({ match: match.optional(), declined: z.boolean().optional() });
const started = z.object({ dispatch: z.object({ id: z.guid(), status: z.string() }) });
const assigned = z.object({ assigned: z.number().int() });
const moved = z.object({
  results: z.array(z.object({ accepted: z.boolean(), code: z.string().optional() })),
});
const jobAnswer = z.looseObject({});

/** A match, as far as a simulation needs it. */
export type SystemMatch = z.infer<typeof match>;

/** Where a driver was, when. */
export interface Ping extends Point {
  readonly tripId: string;
  readonly atMs: number;
  readonly speedMps: number;
}

/** How a request is dispatched. */
export interface DispatchPolicy {
  readonly strategy: string;
  /** Requests are collected for so long and assigned together; 0: each at once. */
  readonly windowS: number;
  /** Then: seconds of approach that a minute without a ride is worth to a driver. */
  readonly idleCreditS: number;
  /** Drivers asked at a time, the seconds each has, and how far away the farthest may be. */
  readonly batchSize: number;
  readonly offerS: number;
  readonly radiusM: number;
}

/** A driver and a passenger meet again after a fault of one of them: somebody else came first, or time did. */
const TOO_LATE = ["OFFER_GONE", "TRIP_EXPIRED", "TRIP_CANCELLED", "TRIP_ALREADY_MATCHED"];
const BATCH = 500;

/**
 * Every call that people make, through the functions. Each has a moment of its own, so that nothing in the
 * database happens at the same time as something else, and ends when what follows it has ended.
 */
export class SystemCalls {
  readonly #system: SimulatedSystem;
  /** Positions that were not believed or not used, by reason. */
  readonly refusedPositions = new Map<string, number>();

  constructor(system: SimulatedSystem) {
    this.#system = system;
  }

  async openPassengerTrip(
    trip: { userId: string; vehicleType: string; pickup: Point; dropoff: Point },
  ): Promise<z.infer<typeof opened>["trip"]> {
    const answer = await this.#call({
      step: "ask for a ride",
      method: "POST",
      path: "/orchestrator/trips",
      body: {
        user_id: trip.userId,
        role: "passenger",
        vehicle_type: trip.vehicleType,
        pickup: trip.pickup,
        dropoff: trip.dropoff,
      },
      answer: opened,
    });
    return answer.trip;
  }

  async openDriverTrip(
    trip: { userId: string; vehicleType: string; position: Point; forS: number },
  ): Promise<string> {
    const answer = await this.#call({
      step: "go online",
      method: "POST",
      path: "/orchestrator/trips",
      body: {
        user_id: trip.userId,
        role: "driver",
        vehicle_type: trip.vehicleType,
        pickup: trip.position,
        expires_in_s: Math.min(86_400, Math.max(60, Math.round(trip.forS))),
      },
      answer: opened,
    });
    return answer.trip.id;
  }

  /** "none" when nobody is near, "over" when the trip has expired. */
  async dispatch(tripId: string, policy: DispatchPolicy): Promise<"started" | "none" | "over"> {
    const attempt = await this.#attempt({
      step: "dispatch",
      method: "POST",
      path: "/orchestrator/dispatch",
      body: {
        passenger_trip_id: tripId,
        strategy: policy.strategy,
        batch_size: policy.batchSize,
        offer_s: policy.offerS,
        radius_m: policy.radiusM,
      },
      answer: started,
    }, ["NO_DRIVERS_FOUND", "TRIP_EXPIRED"]);
    if (attempt.ok) return "started";
    return attempt.code === "NO_DRIVERS_FOUND" ? "none" : "over";
  }

  /** Assigns the requests whose window is over; how many were. */
  async assignWaiting(): Promise<number> {
    const answer = await this.#call({
      step: "assign a window",
      method: "POST",
      path: "/orchestrator/assign",
      body: {},
      answer: assigned,
    });
    return answer.assigned;
  }

  /** The match, or undefined when the offer was gone. */
  async acceptOffer(offerId: string): Promise<SystemMatch | undefined> {
    const attempt = await this.#attempt({
      step: "accept an offer",
      method: "POST",
      path: `/orchestrator/offers/${offerId}/accept`,
      body: {},
      answer: answered,
    }, TOO_LATE);
    return attempt.ok ? attempt.value.match : undefined;
  }

  /** False when the offer was gone. */
  async declineOffer(offerId: string): Promise<boolean> {
    const attempt = await this.#attempt({
      step: "decline an offer",
      method: "POST",
      path: `/orchestrator/offers/${offerId}/decline`,
      body: {},
      answer: answered,
    }, TOO_LATE);
    return attempt.ok;
  }

  async advance(matchId: string, action: "arrive" | "complete"): Promise<SystemMatch> {
    const answer = await this.#call({
      step: action === "arrive" ? "arrive" : "complete the ride",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/${action}`,
      body: {},
      answer: matchAnswer,
    });
    return answer.match;
  }

  /** False for a wrong PIN. */
  async start(matchId: string, pin: string): Promise<boolean> {
    const attempt = await this.#attempt({
      step: "start with the PIN",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/start`,
      body: { pin },
      answer: matchAnswer,
    }, ["PIN_INVALID"]);
    return attempt.ok;
  }

  async cancelMatch(
    matchId: string,
    cancel: { readonly as: "driver" | "passenger"; readonly reason: string },
  ): Promise<void> {
    await this.#call({
      step: "cancel a match",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/cancel`,
      body: cancel,
      answer: matchAnswer,
    });
  }

  async rate(
    matchId: string,
    rating: { readonly as: "driver" | "passenger"; readonly rating: number },
  ): Promise<void> {
    await this.#call({
      step: "rate",
      method: "POST",
      path: `/orchestrator/matches/${matchId}/rate`,
      body: rating,
      answer: z.object({ rating: z.object({ rating: z.number() }) }),
    });
  }

  /** Ends a wish, or a shift. */
  async cancelTrip(tripId: string, reason: string): Promise<void> {
    await this.#attempt({
      step: "cancel a trip",
      method: "DELETE",
      path: `/orchestrator/trips/${tripId}`,
      body: { reason },
      answer: opened,
    }, ["TRIP_CANCELLED", "TRIP_EXPIRED"]);
  }

  /** Sends positions, as many at a time as are taken. */
  async sendPositions(pings: readonly Ping[]): Promise<void> {
    for (let from = 0; from < pings.length; from += BATCH) {
      const { results } = await this.#call({
        step: "send positions (batch)",
        method: "POST",
        path: "/tracking/update-locations",
        body: {
          locations: pings.slice(from, from + BATCH).map((ping) => ({
            trip_id: ping.tripId,
            lat: ping.lat,
            lng: ping.lng,
            recorded_at: new Date(ping.atMs).toISOString(),
            accuracy_m: 8,
            speed_mps: ping.speedMps,
          })),
        },
        answer: moved,
      });
      for (const { code } of results) {
        if (code !== undefined) {
          this.refusedPositions.set(code, (this.refusedPositions.get(code) ?? 0) + 1);
        }
      }
    }
  }

  /** Runs one piece of scheduled work, as the clock of the database does in production. */
  async runJob(name: string): Promise<Readonly<Record<string, unknown>>> {
    this.#tick();
    const startedAt = performance.now();
    const { sql } = this.#system;
    const [row] = await sql`select ${sql(`public.${name}`)}() as answer`;
    this.#system.client.latencies.add(`job ${name}`, performance.now() - startedAt);
    return jobAnswer.catch({}).parse(row?.["answer"]);
  }

  #tick(): void {
    const { clock } = this.#system;
    clock.advanceTo(clock.nowMs + 1);
  }

  async #call<T>(call: Call<T>): Promise<T> {
    this.#tick();
    const value = await this.#system.client.call(call);
    await this.#system.settle();
    return value;
  }

  async #attempt<T>(call: Call<T>, expectedCodes: readonly string[]): Promise<Attempt<T>> {
    this.#tick();
    const attempt = await this.#system.client.attempt(call, expectedCodes);
    await this.#system.settle();
    return attempt;
  }
}
