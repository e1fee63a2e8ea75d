import { distanceM } from "../../shared/geo/mod.ts";
import { after, type Context } from "./context.ts";
import type { Driver } from "./driver.ts";
import type { Fleet } from "./fleet.ts";
import { habits } from "./habits.ts";
import type { NewOffer, OfferWatch } from "./offer-watch.ts";
import { type Agreement, type Cancellation, RideRequest } from "./request.ts";
import { logNormal } from "./streams.ts";

/** What rides need beside what everybody shares. */
export interface RidesContext extends Context {
  readonly fleet: Fleet;
  readonly watch: OfferWatch;
  /** Plays what follows a match. */
  readonly onMatch: (request: RideRequest, match: Match) => void;
}

/** A match that was just made, and whom to tell what becomes of it. */
export interface Match {
  readonly agreement: Agreement;
  readonly rides: Rides;
  readonly context: RidesContext;
}

/** All wishes: they are opened, dispatched, offered, answered; what follows a match is onMatch's. */
export class Rides {
  readonly requests: RideRequest[] = [];
  readonly #context: RidesContext;
  readonly #byTrip = new Map<string, RideRequest>();
  #live = 0;

  constructor(context: RidesContext) {
    this.#context = context;
  }

  /** Wishes that have begun and not ended. */
  get live(): number {
    return this.#live;
  }

  /** Plans every wish of the city. */
  plan(): void {
    const { city, queue, period } = this.#context;
    for (const wish of city.wishes) {
      const request = new RideRequest(wish, { isCounted: wish.atMs >= period.fromMs });
      queue.plan(wish.atMs, () => this.#open(request));
    }
  }

  /** Tells phones what is new for them: offers to drivers, searches that came to nothing to passengers. */
  async notify(): Promise<void> {
    const { watch } = this.#context;
    for (const offer of await watch.offers()) this.#offer(offer);
    for (const tripId of await watch.exhausted()) {
      const request = this.#byTrip.get(tripId);
      if (request?.stage === "searching") this.#tryAgain(request);
    }
  }

  /** Looks for a driver, again after one has cancelled. */
  async search(request: RideRequest): Promise<void> {
    const { calls, policy } = this.#context;
    request.dispatches++;
    switch (await calls.dispatch(request.tripId, policy)) {
      case "started":
        return await this.notify();
      case "none":
        return this.#tryAgain(request);
      case "over":
        return this.end(request, "expired");
    }
  }

  /** Ends a wish for good. */
  end(request: RideRequest, outcome: RideRequest["outcome"]): void {
    request.end(outcome);
    this.#byTrip.delete(request.tripId);
    this.#live--;
  }

  async #open(request: RideRequest): Promise<void> {
    const { calls, city, clock } = this.#context;
    this.requests.push(request);
    this.#live++;
    const trip = await calls.openPassengerTrip({ ...request.wish, vehicleType: city.vehicleType });
    request.tripId = trip.id;
    request.openedMs = clock.nowMs;
    request.fare = trip.fare_amount ?? undefined;
    this.#byTrip.set(trip.id, request);
    this.startSearching(request);
    await this.search(request);
  }

  /** From now on the passenger waits for somebody to accept, for as long as their patience lasts. */
  startSearching(request: RideRequest): void {
    const { streams } = this.#context;
    request.enter("searching");
    const random = streams.of("passenger", request.wish.index, "patience", request.matches);
    this.whileIn(request, {
      seconds: logNormal(random, habits.passengers.searchesForS),
      act: async () => {
        await this.#context.calls.cancelTrip(request.tripId, "found nobody");
        this.end(request, "gave_up");
      },
    });
  }

  /** Plans something that happens only if the request has not moved on by then. */
  whileIn(
    request: RideRequest,
    { seconds, act }: { readonly seconds: number; readonly act: () => Promise<void> },
  ): void {
    const { plans } = request;
    after(this.#context, {
      seconds,
      act: () => request.plans === plans ? act() : Promise.resolve(),
    });
  }

  /** Notes and tells the system that one side calls it off; what the other does then is the caller's. */
  async cancel(
    request: RideRequest,
    { matchId, ...cancellation }: Cancellation & { readonly matchId: string },
  ): Promise<void> {
    request.cancellations.push(cancellation);
    await this.#context.calls.cancelMatch(matchId, {
      as: cancellation.side,
      reason: cancellation.reason,
    });
  }

  #tryAgain(request: RideRequest): void {
    const { streams } = this.#context;
    const random = streams.of("passenger", request.wish.index, "retry", request.dispatches);
    this.whileIn(request, {
      seconds: logNormal(random, habits.passengers.triesAgainAfterS),
      act: () => this.search(request),
    });
  }

  #offer(offer: NewOffer): void {
    const { fleet, streams } = this.#context;
    const request = this.#byTrip.get(offer.passenger_trip_id);
    if (request === undefined) return;
    const driver = fleet.byUser(offer.driver_user_id);
    request.offers++;
    driver.offers++;
    const { index } = driver.plan;
    const random = streams.of("driver", index, "answers", request.wish.index, request.asks(index));
    const noticed = logNormal(random, habits.drivers.noticesAfterS);
    const seconds = noticed + logNormal(random, habits.drivers.answersAfterS);
    const { willingnessLostPerKm, leastWillingness, ignoresInsteadOfDeclining } = habits.drivers;
    const willingness = Math.max(
      leastWillingness,
      driver.willingness - willingnessLostPerKm * offer.distance_m / 1000,
    );
    const accepts = random() < willingness;
    const ignores = random() < ignoresInsteadOfDeclining;
    if (!accepts && ignores) return;
    after(this.#context, {
      seconds,
      act: async () => {
        // A dead phone shows nothing, and who is busy or gone looks no more.
        if (driver.isSilent(this.#context.clock.nowMs) || driver.state !== "idle") return;
        if (driver.isLeaving) return;
        await (accepts ? this.#accept(request, { offer, driver }) : this.#decline(offer));
      },
    });
  }

  async #decline(offer: NewOffer): Promise<void> {
    if (await this.#context.calls.declineOffer(offer.id)) await this.notify();
  }

  async #accept(
    request: RideRequest,
    { offer, driver }: { offer: NewOffer; driver: Driver },
  ): Promise<void> {
    const { calls, clock } = this.#context;
    const match = await calls.acceptOffer(offer.id);
    if (match === undefined) return;
    if (match.pin === undefined || match.pin === null) {
      throw new Error(`Match ${match.id} came without a PIN for the service`);
    }
    const nowMs = clock.nowMs;
    const agreement: Agreement = {
      matchId: match.id,
      pin: match.pin,
      driver,
      acceptedMs: nowMs,
      pickupDistanceM: distanceM(driver.at(nowMs), request.wish.pickup),
      promisedS: offer.eta_s,
    };
    request.matches++;
    request.firstMatchedMs ??= nowMs;
    request.agreement = agreement;
    request.arrivedMs = undefined;
    request.enter("on_the_way");
    this.#context.onMatch(request, { agreement, rides: this, context: this.#context });
  }
}
