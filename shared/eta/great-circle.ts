import { distanceM, etaS } from "../geo/mod.ts";
import type { TravelTimes } from "./travel-times.ts";

/** The great circle, longer by the road factor, at the vehicle's pace, in which finished rides have their say. */
export const greatCircle: TravelTimes = {
  seconds({ one, others, pace }): Promise<number[]> {
    return Promise.resolve(
      others.map((other) => etaS(Math.round(distanceM(one, other)), pace)),
    );
  },
};
