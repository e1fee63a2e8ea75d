import type { Point } from "../../shared/geo/mod.ts";

/** Somebody who is going to ask for a ride; times in epoch milliseconds. */
export interface RideWish {
  /** Counts from 0 in order of time; what two simulations of one demand are compared by. */
  readonly index: number;
  readonly atMs: number;
  readonly userId: string;
  readonly pickup: Point;
  readonly dropoff: Point;
}

/** Somebody who drives today. */
export interface DriverPlan {
  readonly index: number;
  readonly userId: string;
  readonly start: Point;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Where much is going on. */
export interface HotSpot extends Point {
  readonly weight: number;
  readonly name?: string;
}

/** When a simulation plays: from the first request that is counted to the last. Epoch milliseconds. */
export interface Period {
  /** Before it, people are there already, but what they do is not counted. */
  readonly warmUpFromMs: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Everything that is given before a simulation begins. */
export interface SimulatedCity {
  readonly name: string;
  readonly vehicleType: string;
  /** Local time before UTC, in minutes. */
  readonly utcOffsetMinutes: number;
  /** Mean chance that a driver accepts a ride around the corner. */
  readonly willingness: number;
  readonly wishes: readonly RideWish[];
  readonly drivers: readonly DriverPlan[];
  readonly hotSpots: readonly HotSpot[];
}

/** The user id of a simulated person. */
export function personId(role: "driver" | "passenger", index: number): string {
  const prefix = role === "driver" ? "d5000000" : "c5000000";
  return `${prefix}-0000-4000-8000-${String(index + 1).padStart(12, "0")}`;
}

/** The hour of the day in a city, with its fraction: 7.5 is half past seven. */
export function localHour(city: Pick<SimulatedCity, "utcOffsetMinutes">, atMs: number): number {
  const minutes = atMs / 60_000 + city.utcOffsetMinutes;
  return (minutes / 60) % 24;
}
