import type { Point } from "../../shared/geo/mod.ts";

/** One passenger's wish. */
export interface RideRequest {
  /** Counts from 0, in order of time; also the stream of the ride's random choices. */
  readonly index: number;
  /** When it was asked for, for people to read. */
  readonly askedAt: string;
  readonly userId: string;
  readonly vehicleType: string;
  readonly pickup: Point & { readonly text?: string };
  readonly dropoff: Point & { readonly text?: string };
}

/** Where a driver goes online. */
export interface DriverStart {
  readonly userId: string;
  readonly vehicleType: string;
  readonly position: Point;
}

/** What a replay plays. */
export interface City {
  readonly name: string;
  readonly requests: readonly RideRequest[];
  readonly drivers: readonly DriverStart[];
}

/** How much of a city to draw. */
export interface CityOptions {
  readonly rides: number;
  readonly seed: number;
  /** One type for everybody; each city has its own default. */
  readonly vehicleType?: string | undefined;
}

/** People of the demo: a user id for each role and number. */
export function demoUserId(role: "driver" | "passenger", number: number): string {
  const prefix = role === "driver" ? "d2000000" : "c2000000";
  return `${prefix}-0000-4000-8000-${String(number).padStart(12, "0")}`;
}
