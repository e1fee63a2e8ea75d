import postgres from "postgres";
import { z } from "zod";
import { type City, type CityOptions, demoUserId, type RideRequest } from "./city.ts";
import { KIGALI_DAY } from "../city/kigali-day.ts";
import { createRandom, pickWeighted, type Random } from "../city/random.ts";
import { pointNear } from "../city/route.ts";

const placeSchema = z.object({
  name: z.string(),
  lat: z.number(),
  lng: z.number(),
  weight: z.number().positive(),
});
const driverSchema = z.object({ user_id: z.guid(), vehicle_type: z.string() });

/** What the seed holds of Kigali. */
export interface KigaliSeed {
  readonly places: readonly z.infer<typeof placeSchema>[];
  readonly drivers: readonly z.infer<typeof driverSchema>[];
}

const HOURS = KIGALI_DAY.map((weight, hour) => ({ hour, weight }));

/**
 * Reads the places and the drivers of the seed.
 * @throws {Error} when the database has none of them, with what to do
 */
export async function readKigali(databaseUrl: string): Promise<KigaliSeed> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const places = await sql`
      select name, lat, lng, weight from mobility.places where area_code = 'kigali' order by code`;
    const drivers = await sql`
      select user_id, vehicle_type from mobility.vehicles
      where user_id::text like 'd0000000-0000-4000-8000-%' order by user_id`;
    if (places.length === 0 || drivers.length === 0) {
      throw new Error(
        "Cannot replay Kigali: this database has no seed. Apply supabase/seed.sql, or start a new stack: " +
          "deno task start --fresh",
      );
    }
    return {
      places: z.array(placeSchema).parse([...places]),
      drivers: z.array(driverSchema).parse([...drivers]),
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** One day of Kigali: rides between places by their weight, with the peaks of the day, in order of time. */
export function kigaliCity(
  { places, drivers }: KigaliSeed,
  { rides, seed, vehicleType }: CityOptions,
): City {
  const random = createRandom(seed);
  const fleet = drivers.map((driver) => ({
    userId: driver.user_id,
    vehicleType: vehicleType ?? driver.vehicle_type,
    position: pointNear(pickWeighted(random, places), { radiusM: 600, random }),
  }));
  const types = Map.groupBy(fleet, (driver) => driver.vehicleType);
  // What is asked for most is what most drivers come with.
  const asked = [...types].map(([code, { length }]) => ({ code, weight: length }));
  const times = Array.from({ length: rides }, () => minuteOfDay(random)).sort((a, b) => a - b);
  return {
    name: "Kigali",
    drivers: fleet,
    requests: times.map((minute, index): RideRequest => {
      const from = pickWeighted(random, places);
      const to = pickWeighted(random, places.filter((place) => place !== from));
      return {
        index,
        askedAt: `${two(Math.floor(minute / 60))}:${two(minute % 60)}`,
        userId: demoUserId("passenger", index + 1),
        vehicleType: pickWeighted(random, asked).code,
        pickup: { ...pointNear(from, { radiusM: 350, random }), text: from.name },
        dropoff: { ...pointNear(to, { radiusM: 350, random }), text: to.name },
      };
    }),
  };
}

function minuteOfDay(random: Random): number {
  return pickWeighted(random, HOURS).hour * 60 + Math.floor(random() * 60);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
