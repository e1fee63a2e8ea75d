import { z } from "zod";

/** How a type of vehicle moves through a city: metres a second over a whole trip, and road over air. */
export const vehiclePace = z.object({
  speed_mps: z.number().positive().describe("Metres a second over a whole trip"),
  road_factor: z.number().min(1).describe("The way on the road over the way through the air"),
}).meta({
  id: "VehiclePace",
  description: "How this type of vehicle moves through the city at this hour",
});

/** How a type of vehicle moves through a city. */
export type VehiclePace = z.infer<typeof vehiclePace>;

/** Seconds to cover a great-circle distance in metres: longer by the road factor, at the mean speed. */
export function etaS(airM: number, pace: VehiclePace): number {
  return Math.round((airM * pace.road_factor) / pace.speed_mps);
}
