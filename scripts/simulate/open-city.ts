import type { Sql } from "postgres";
import { z } from "zod";
import { parsePickups, type Pickup } from "../city/pickups-file.ts";
import type { HotSpot, Period, SimulatedCity } from "./city.ts";
import { habits } from "./habits.ts";
import { KIGALI, kigaliWishes } from "./kigali-demand.ts";
import type { SimulateOptions } from "./options.ts";
import { pickupSpots, pickupWishes, type TimedPickup, timedPickups } from "./pickups-demand.ts";
import { cityName } from "./result-options.ts";
import type { Streams } from "./streams.ts";
import { driversAtOnce, driversByShift } from "./supply.ts";

/** A city before it is drawn: what has to be known before anything is started. */
export interface CitySource {
  readonly period: Period;
  /** Local midnight of the day, in epoch milliseconds, and the day itself. */
  readonly dayMs: number;
  readonly date: string;
  readonly pickups: readonly TimedPickup[] | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Everybody's places at the beginning are drawn; by the end of this they are where rides took them. */
const WARM_UP_MS = 15 * MINUTE_MS;
const KIGALI_DATE = "2026-03-02";
/** Of a file nobody knows the drivers: some for each request of the busiest hour. */
const DRIVERS_PER_RIDE_AN_HOUR = 0.6;
const LEAST_DRIVERS = 20;

const placeRow = z.object({
  name: z.string(),
  lat: z.number(),
  lng: z.number(),
  weight: z.number().positive(),
});

/** Reads the file of pickups, if there is one, and says when to begin. @throws {Error} for a file that is none */
export async function openCity(options: SimulateOptions): Promise<CitySource> {
  const pickups = options.pickups === undefined
    ? undefined
    : timedPickups(await readPickups(options.pickups));
  const first = new Date(pickups?.[0]?.atMs ?? 0).toISOString().slice(0, 10);
  const date = options.date ?? (pickups === undefined ? KIGALI_DATE : first);
  const offsetMinutes = pickups === undefined ? KIGALI.utcOffsetMinutes : 0;
  const dayMs = Date.parse(`${date}T00:00:00Z`) - offsetMinutes * MINUTE_MS;
  const fromMs = dayMs + options.fromMinutes * MINUTE_MS;
  const period = {
    warmUpFromMs: fromMs - WARM_UP_MS,
    fromMs,
    untilMs: fromMs + options.hours * HOUR_MS,
  };
  refuseElsewhere(pickups, { period, path: options.pickups });
  return { period, dayMs, date, pickups };
}

/** Draws the city: who wants to go where when, and who drives. @throws {Error} when nobody wants anything */
export async function drawCity(
  source: CitySource,
  { options, streams, sql }: { options: SimulateOptions; streams: Streams; sql: Sql },
): Promise<SimulatedCity> {
  const { pickups, period, dayMs } = source;
  const { scale, vehicleType } = options;
  const spots = pickups === undefined ? await kigaliSpots(sql) : pickupSpots(pickups);
  const wishes = pickups === undefined
    ? kigaliWishes(spots, { scale, period, streams })
    : pickupWishes(pickups, { scale, period, streams });
  if (wishes.length === 0) {
    throw new Error(
      "Cannot simulate: nobody asks for a ride in that time. Choose another --from, --date, or a larger --scale",
    );
  }
  const supply = { period, spots, streams };
  const atOnce = options.drivers ??
    (pickups === undefined ? undefined : driversFor(wishes.map(({ atMs }) => atMs)));
  const drivers = atOnce === undefined
    ? driversByShift({ drivers: Math.max(1, Math.round(KIGALI.motos * scale)), dayMs }, supply)
    : driversAtOnce(atOnce, supply);
  if (drivers.length === 0) {
    throw new Error(
      "Cannot simulate: nobody drives at that time. Give --drivers, or a larger --scale",
    );
  }
  return {
    name: cityName(options),
    vehicleType,
    utcOffsetMinutes: pickups === undefined ? KIGALI.utcOffsetMinutes : 0,
    willingness: options.willingness ?? habits.drivers.willingness.mean,
    wishes,
    drivers,
    hotSpots: spots,
  };
}

/** @throws {Error} when a file has nothing in the period, before anything is started for it */
function refuseElsewhere(
  pickups: readonly TimedPickup[] | undefined,
  { period, path = "" }: { period: Period; path: string | undefined },
): void {
  const isPlayed = ({ atMs }: TimedPickup): boolean =>
    atMs >= period.fromMs && atMs < period.untilMs;
  if (pickups === undefined || pickups.some(isPlayed)) return;
  const dayOf = (atMs: number | undefined): string =>
    new Date(atMs ?? 0).toISOString().slice(0, 16).replace("T", " ");
  throw new Error(
    `Cannot simulate: nobody was picked up in that time. "${path}" goes from ${
      dayOf(pickups[0]?.atMs)
    } to ${dayOf(pickups.at(-1)?.atMs)}: choose --date, --from and --hours within it`,
  );
}

/** Kigali's places and how much is going on at each, from a seeded database. */
export async function kigaliSpots(sql: Sql): Promise<HotSpot[]> {
  const rows = await sql`
    select name, lat, lng, weight from mobility.places where area_code = 'kigali' order by code`;
  return z.array(placeRow).parse([...rows]);
}

function driversFor(times: readonly number[]): number {
  const byHour = Map.groupBy(times, (atMs) => Math.floor(atMs / HOUR_MS));
  const busiest = Math.max(...[...byHour.values()].map(({ length }) => length));
  return Math.max(LEAST_DRIVERS, Math.ceil(busiest * DRIVERS_PER_RIDE_AN_HOUR));
}

async function readPickups(path: string): Promise<Pickup[]> {
  try {
    return parsePickups(await Deno.readTextFile(path));
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot read "${path}": there is no such file`, { cause });
  }
}
