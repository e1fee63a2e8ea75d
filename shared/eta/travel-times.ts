import type { Point, VehiclePace } from "../geo/mod.ts";

/** Ways between one place and some others. */
export interface Ways {
  readonly one: Point;
  readonly others: readonly Point[];
  /** Which way they are gone: streets are not the same both ways. */
  readonly direction: "to_one" | "from_one";
  /** For want of anything better: how the vehicle moves through the city on the whole. */
  readonly pace: VehiclePace;
}

/** Knows how long ways take. */
export interface TravelTimes {
  /** Whole seconds for each of the others, in their order. */
  seconds(ways: Ways): Promise<number[]>;
}
