import { setTimeout } from "node:timers/promises";
import type { Point } from "../../shared/geo/mod.ts";
import type { RideRequest } from "./city.ts";
import type { Driver, Fleet } from "./fleet.ts";
import { pick, type Random } from "../city/random.ts";
import type { FoundDriver, RideCalls, RideMatch } from "./ride-calls.ts";
import { pointAlong } from "../city/route.ts";
import { UnexpectedAnswerError } from "../city/service-client.ts";

/** What became of one request. Distances in metres, of the driver who came. */
export interface RideOutcome {
  readonly status: "completed" | "cancelled" | "unmatched" | "interrupted";
  readonly matched: boolean;
  readonly pickupDistanceM: number | undefined;
  readonly offers: number;
  readonly searches: number;
  readonly cachedSearches: number;
}

/** What rides share. */
export interface RideContext {
  readonly calls: RideCalls;
  readonly fleet: Fleet;
  /** Simulated seconds in a second. */
  readonly speed: number;
  /** Ends the ride early, by cancelling it. */
  readonly signal: AbortSignal;
}

const HABITS = { declines: 0.12, driverCancels: 0.02, passengerCancels: 0.04, mistypesPin: 0.03 };
const STARS = [5, 5, 5, 5, 5, 5, 4, 4, 3] as const;
const MAX_SEARCHES = 8;
const POSITIONS_PER_LEG = 4;

/** Plays one request from the wish to the ratings, or to whatever else ends it. */
export async function playRide(
  request: RideRequest,
  { random, ...context }: RideContext & { readonly random: Random },
): Promise<RideOutcome> {
  return await new Ride(request, { context, random }).play();
}

class Ride {
  readonly #request: RideRequest;
  readonly #context: RideContext;
  readonly #random: Random;
  #offers = 0;
  #searches = 0;
  #cachedSearches = 0;
  #pickupDistanceM: number | undefined;

  constructor(
    request: RideRequest,
    { context, random }: { readonly context: RideContext; readonly random: Random },
  ) {
    this.#request = request;
    this.#context = context;
    this.#random = random;
  }

  async play(): Promise<RideOutcome> {
    const { calls, signal } = this.#context;
    const trip = await calls.openTrip(this.#request);
    try {
      const status = await this.#seek(trip.id, trip.duration_s ?? 0);
      if (status === "unmatched") await calls.cancelTrip(trip.id, "no driver");
      await this.#check(trip.id, status === "completed" ? "completed" : "cancelled");
      return this.#outcome(status);
    } catch (error) {
      if (error instanceof UnexpectedAnswerError || !signal.aborted) throw error;
      await calls.cancelTrip(trip.id, "the demo was stopped");
      return this.#outcome("interrupted");
    }
  }

  async #seek(tripId: string, rideS: number): Promise<"completed" | "cancelled" | "unmatched"> {
    const { calls, fleet, signal } = this.#context;
    while (this.#searches < MAX_SEARCHES) {
      signal.throwIfAborted();
      const { drivers, cached } = await calls.findDrivers(tripId);
      this.#searches++;
      if (cached) this.#cachedSearches++;
      const known = drivers.flatMap((found) => {
        const driver = fleet.driverOf(found.user_id);
        return driver === undefined ? [] : [{ found, driver }];
      });
      if (known.length === 0) return "unmatched";
      const offer = await this.#offer(tripId, known);
      if (offer === undefined) continue;
      const end = await this.#ride(offer, rideS);
      if (end !== "next driver") return end;
    }
    return "unmatched";
  }

  /** Asks the best driver; when others were quicker, the next. */
  async #offer(
    tripId: string,
    known: readonly { found: FoundDriver; driver: Driver }[],
  ): Promise<{ match: RideMatch; found: FoundDriver; driver: Driver } | undefined> {
    for (const { found, driver } of known) {
      const match = await this.#context.calls.propose(tripId, found.trip_id);
      if (match === undefined) continue;
      this.#offers++;
      return { match, found, driver };
    }
    return undefined;
  }

  async #ride(
    { match, found, driver }: { match: RideMatch; found: FoundDriver; driver: Driver },
    rideS: number,
  ): Promise<"completed" | "cancelled" | "next driver"> {
    const { calls, fleet } = this.#context;
    if (this.#random() < HABITS.declines) {
      await calls.advance(match.id, "decline");
      return "next driver";
    }
    await calls.advance(match.id, "accept");
    this.#pickupDistanceM = found.distance_m;
    const { pickup, dropoff } = this.#request;
    await this.#drive(driver, { to: pickup, seconds: found.eta_s });
    if (this.#random() < HABITS.driverCancels) {
      await calls.cancelMatch(match.id, { as: "driver", reason: "flat tyre" });
      return "next driver";
    }
    if (this.#random() < HABITS.passengerCancels) {
      await calls.cancelMatch(match.id, { as: "passenger", reason: "changed plans" });
      return "cancelled";
    }
    await fleet.arriveAt(driver, { lat: pickup.lat, lng: pickup.lng });
    await calls.advance(match.id, "arrive");
    await this.#enterPin(match);
    await calls.trackMatch(match.id);
    await this.#drive(driver, { to: dropoff, seconds: rideS });
    await calls.advance(match.id, "complete");
    await Promise.all([
      calls.rate(match.id, { as: "passenger", rating: pick(this.#random, STARS) }),
      calls.rate(match.id, { as: "driver", rating: pick(this.#random, STARS) }),
    ]);
    await fleet.goOnline(driver);
    return "completed";
  }

  async #enterPin({ id, pin }: RideMatch): Promise<void> {
    const { calls } = this.#context;
    if (pin === undefined || pin === null) {
      throw new UnexpectedAnswerError(`Match ${id} came without a PIN for the service`);
    }
    if (this.#random() < HABITS.mistypesPin) {
      const wrong = String((Number(pin) + 1) % 10_000).padStart(4, "0");
      if ((await calls.start(id, wrong)).ok) {
        throw new UnexpectedAnswerError(`Match ${id} was started with a wrong PIN`);
      }
    }
    if (!(await calls.start(id, pin)).ok) {
      throw new UnexpectedAnswerError(`Match ${id} was not started with its own PIN`);
    }
  }

  async #drive(driver: Driver, { to, seconds }: { to: Point; seconds: number }): Promise<void> {
    const { fleet, speed, signal } = this.#context;
    const from = driver.position;
    for (let step = 1; step <= POSITIONS_PER_LEG; step++) {
      await setTimeout(seconds * 1000 / speed / POSITIONS_PER_LEG, undefined, { signal });
      fleet.move(driver, pointAlong({ from, to }, step / POSITIONS_PER_LEG));
    }
  }

  async #check(tripId: string, expected: "completed" | "cancelled"): Promise<void> {
    const { trip, match } = await this.#context.calls.trackTrip(tripId);
    if (trip.status === expected && (expected !== "completed" || match?.status === expected)) {
      return;
    }
    throw new UnexpectedAnswerError(
      `Trip ${tripId} should be ${expected}; it is ${trip.status}, its match ${
        match?.status ?? "none"
      }`,
    );
  }

  #outcome(status: RideOutcome["status"]): RideOutcome {
    return {
      status,
      matched: this.#pickupDistanceM !== undefined,
      pickupDistanceM: this.#pickupDistanceM,
      offers: this.#offers,
      searches: this.#searches,
      cachedSearches: this.#cachedSearches,
    };
  }
}
