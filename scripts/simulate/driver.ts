import type { Point } from "../../shared/geo/mod.ts";
import { pointAlong } from "../city/route.ts";
import type { DriverPlan, Period } from "./city.ts";
import { habits } from "./habits.ts";
import { logNormal, normalWithin, type Streams } from "./streams.ts";

/** What a driver is doing; time with nothing to earn is idle time. */
export type DriverState = "offline" | "idle" | "to_pickup" | "at_pickup" | "riding";

/** A way from one point to another, straight on the map. Epoch milliseconds. */
interface Leg {
  readonly from: Point;
  readonly to: Point;
  readonly startMs: number;
  readonly endMs: number;
}

/** What a driver did before the simulation, as their record has it. */
export interface PastRecord {
  readonly offers_accepted: number;
  readonly offers_declined: number;
  readonly offers_expired: number;
  readonly rides_completed: number;
  readonly rides_cancelled: number;
  readonly rating_total: number;
  readonly rating_count: number;
}

/** One driver: who they are, where they are, and how they spent the period that counts. */
export class Driver {
  readonly plan: DriverPlan;
  /** Chance of accepting a ride around the corner. */
  readonly willingness: number;
  /** Who accepts less keeps less: 1 for a driver of mean willingness. */
  readonly unreliability: number;
  readonly meanStars: number;
  readonly past: PastRecord;
  tripId = "";
  state: DriverState = "offline";
  /** Until when the phone is dead; 0 while it is not. */
  silentUntilMs = 0;
  /** The shift is over, once the ride is. */
  isLeaving = false;
  /** Grows whenever plans change: what was planned under an older number does not happen. */
  plans = 0;
  earned = 0;
  rides = 0;
  offers = 0;
  readonly seconds: Record<DriverState, number> = {
    offline: 0,
    idle: 0,
    to_pickup: 0,
    at_pickup: 0,
    riding: 0,
  };
  readonly #period: Period;
  #leg: Leg;
  #stateSinceMs: number;

  constructor(
    plan: DriverPlan,
    { streams, period, willingness: mean }: {
      streams: Streams;
      period: Period;
      /** Of all drivers. */
      willingness: number;
    },
  ) {
    const random = streams.of("driver", plan.index, "character");
    this.plan = plan;
    const { willingness } = habits.drivers;
    const min = Math.min(willingness.min, mean / 2);
    this.willingness = normalWithin(random, { ...willingness, mean, min });
    this.unreliability = (1 - this.willingness) / (1 - mean);
    this.meanStars = normalWithin(random, habits.drivers.stars);
    this.past = pastOf(this, Math.round(logNormal(random, habits.drivers.pastOffers)));
    this.#period = period;
    this.#stateSinceMs = plan.fromMs;
    const { start, fromMs } = plan;
    this.#leg = { from: start, to: start, startMs: fromMs, endMs: fromMs };
  }

  /** Where the driver is. */
  at(ms: number): Point {
    const { from, to, startMs, endMs } = this.#leg;
    if (ms >= endMs) return to;
    return pointAlong({ from, to }, Math.max(0, (ms - startMs) / (endMs - startMs)));
  }

  isMoving(ms: number): boolean {
    return ms < this.#leg.endMs;
  }

  /** Sets off; answers when the driver is there. */
  drive(nowMs: number, { to, seconds }: { to: Point; seconds: number }): number {
    const endMs = Math.ceil(nowMs + Math.max(1, seconds) * 1000);
    this.#leg = { from: this.at(nowMs), to, startMs: nowMs, endMs };
    return endMs;
  }

  /** Stays where the way has led so far. */
  stop(nowMs: number): void {
    const here = this.at(nowMs);
    this.#leg = { from: here, to: here, startMs: nowMs, endMs: nowMs };
  }

  isSilent(nowMs: number): boolean {
    return nowMs < this.silentUntilMs;
  }

  /** Does something else from now on; the time until now is booked to what the driver did before. */
  enter(state: DriverState, nowMs: number): void {
    const from = Math.max(this.#stateSinceMs, this.#period.fromMs);
    const until = Math.min(nowMs, this.#period.untilMs);
    this.seconds[this.state] += Math.max(0, until - from) / 1000;
    this.#stateSinceMs = nowMs;
    this.state = state;
    this.plans++;
  }
}

function pastOf(
  { willingness, unreliability, meanStars }: Pick<
    Driver,
    "willingness" | "unreliability" | "meanStars"
  >,
  offers: number,
): PastRecord {
  const { ignoresInsteadOfDeclining, cancelsOnTheWay } = habits.drivers;
  const accepted = Math.round(offers * willingness);
  const ignored = Math.round((offers - accepted) * ignoresInsteadOfDeclining);
  const cancelled = Math.round(accepted * cancelsOnTheWay * unreliability);
  const rated = Math.round((accepted - cancelled) * habits.passengers.ratesDriver);
  return {
    offers_accepted: accepted,
    offers_declined: offers - accepted - ignored,
    offers_expired: ignored,
    rides_completed: accepted - cancelled,
    rides_cancelled: cancelled,
    rating_total: Math.max(rated, Math.round(rated * meanStars)),
    rating_count: rated,
  };
}
