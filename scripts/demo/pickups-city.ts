import { distanceM } from "../../shared/geo/mod.ts";
import { type City, type CityOptions, demoUserId, type RideRequest } from "./city.ts";
import type { Pickup } from "../city/pickups-file.ts";
import { createRandom, pick, type Random } from "../city/random.ts";
import { pointNear } from "../city/route.ts";

/** Drivers of a city that comes from a file. */
const DRIVERS = 200;
const DEFAULT_VEHICLE = "cab";
/** People do not order a ride over the street. */
const SHORTEST_RIDE_M = 500;

/**
 * A city out of recorded pickups: rides are taken evenly over the file, in its order, and end where
 * another one began; drivers start spread as the pickups are.
 */
export function pickupsCity(
  pickups: readonly Pickup[],
  options: CityOptions & { name: string },
): City {
  const random = createRandom(options.seed);
  const vehicleType = options.vehicleType ?? DEFAULT_VEHICLE;
  return {
    name: options.name,
    requests: sampleEvenly(pickups, options.rides).map((pickup, index): RideRequest => ({
      index,
      askedAt: pickup.at,
      userId: demoUserId("passenger", index + 1),
      vehicleType,
      pickup: { lat: pickup.lat, lng: pickup.lng },
      dropoff: dropoffOf(pickup, { pickups, random }),
    })),
    drivers: Array.from({ length: DRIVERS }, (_, index) => ({
      userId: demoUserId("driver", index + 1),
      vehicleType,
      position: pointNear(pick(random, pickups), { radiusM: 300, random }),
    })),
  };
}

/** So many of the items, as evenly spread as can be; all of them, over again, when more are wanted. */
export function sampleEvenly<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: count }, (_, index) => items[Math.floor(index * step) % items.length])
    .filter((item): item is T => item !== undefined);
}

function dropoffOf(
  pickup: Pickup,
  { pickups, random }: { pickups: readonly Pickup[]; random: Random },
): { lat: number; lng: number } {
  // A file with all its pickups in one spot has no better dropoff than its last draw.
  let { lat, lng } = pickup;
  for (let draw = 0; draw < 20 && distanceM(pickup, { lat, lng }) < SHORTEST_RIDE_M; draw++) {
    ({ lat, lng } = pick(random, pickups));
  }
  return { lat, lng };
}
