import type { RideWish } from "./city.ts";
import type { Driver } from "./driver.ts";

/** How a wish ended. Unfinished: the simulation was stopped before. */
export const OUTCOMES = [
  "completed",
  "gave_up",
  "cancelled_passenger",
  "no_show",
  "expired",
  "unfinished",
] as const;

/** How a wish ended. */
export type Outcome = (typeof OUTCOMES)[number];

/** A match that fell through: by whom, when, why. */
export interface Cancellation {
  readonly side: "driver" | "passenger";
  readonly stage: "searching" | "on_the_way" | "at_pickup";
  readonly reason: string;
}

/** A ride that a driver has agreed to. */
export interface Agreement {
  readonly matchId: string;
  readonly pin: string;
  readonly driver: Driver;
  readonly acceptedMs: number;
  /** Through the air, from where the driver really was. */
  readonly pickupDistanceM: number;
  /** What the passenger was told it would take to the pickup. */
  readonly promisedS: number;
}

/** One wish on its way through the system, and what there is to tell of it. */
export class RideRequest {
  readonly wish: RideWish;
  readonly isCounted: boolean;
  tripId = "";
  stage: "searching" | "on_the_way" | "at_pickup" | "riding" | "over" = "searching";
  outcome: Outcome = "unfinished";
  /** Grows with each change of stage, as plans of a stage end with it. */
  plans = 0;
  offers = 0;
  dispatches = 0;
  matches = 0;
  openedMs: number;
  firstMatchedMs: number | undefined;
  /** The driver who came, or was to come, last. */
  agreement: Agreement | undefined;
  arrivedMs: number | undefined;
  completedMs: number | undefined;
  fare: number | undefined;
  readonly cancellations: Cancellation[] = [];
  readonly #asks = new Map<number, number>();

  constructor(wish: RideWish, { isCounted }: { readonly isCounted: boolean }) {
    this.wish = wish;
    this.isCounted = isCounted;
    this.openedMs = wish.atMs;
  }

  /** How often a driver was asked for this ride, this time included. */
  asks(driver: number): number {
    const asks = (this.#asks.get(driver) ?? 0) + 1;
    this.#asks.set(driver, asks);
    return asks;
  }

  enter(stage: RideRequest["stage"]): void {
    this.stage = stage;
    this.plans++;
  }

  end(outcome: Outcome): void {
    this.enter("over");
    this.outcome = outcome;
  }
}
