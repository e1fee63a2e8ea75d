import { distanceM, type Point } from "../../shared/geo/mod.ts";
import type { Random } from "../city/random.ts";
import { localHour, type SimulatedCity } from "./city.ts";
import { habits } from "./habits.ts";
import { logNormal } from "./streams.ts";

/** How long a way takes in truth, which no estimate knows: road, hour and chance. Seconds. */
export function travelS(
  city: Pick<SimulatedCity, "vehicleType" | "utcOffsetMinutes">,
  way: { from: Point; to: Point; atMs: number; random: Random },
): number {
  const { roadFactor, speedNoise, speedByHour } = habits.roads;
  const hour = Math.floor(localHour(city, way.atMs));
  const speed = speedOf(city.vehicleType) * (speedByHour[hour] ?? 1) *
    logNormal(way.random, speedNoise);
  const road = Math.max(1, logNormal(way.random, roadFactor));
  return distanceM(way.from, way.to) * road / speed;
}

/** Metres a second at a mean hour. */
export function speedOf(vehicleType: string): number {
  const speeds: Readonly<Record<string, number>> = habits.roads.speedMps;
  return speeds[vehicleType] ?? habits.roads.speedMps.other;
}
