import { distanceM, type Point } from "../../shared/geo/mod.ts";
import type { Pickup } from "../city/pickups-file.ts";
import { pick, type Random } from "../city/random.ts";
import { pointNear } from "../city/route.ts";
import { type HotSpot, type Period, personId, type RideWish } from "./city.ts";
import type { Streams } from "./streams.ts";

/** A recorded pickup with its time in epoch milliseconds, as if the file's local time were UTC. */
export interface TimedPickup extends Point {
  readonly atMs: number;
}

/** People do not order a ride over the street. */
const SHORTEST_RIDE_M = 800;
/** Of places as near as one another all are as likely; of farther ones one in e each such distance. Assumed. */
const RIDE_REACH_M = 5000;
/** Copies of a pickup, for a scale above 1, are somewhat later or earlier, and near. */
const COPY = { withinMs: 10 * 60_000, radiusM: 400 };
/** Who starts far from everybody else goes far. */
const MOST_DRAWS = 200;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?/;
/** Spots that idle drivers know: so many pickups, evenly over the file. */
const HOT_SPOTS = 400;

/** The pickups of a file in order of time. @throws {Error} for a time that cannot be read */
export function timedPickups(pickups: readonly Pickup[]): TimedPickup[] {
  return pickups.map(({ at, lat, lng }) => ({ lat, lng, atMs: timeOf(at) }))
    .sort((a, b) => a.atMs - b.atMs);
}

/** Wishes as they were recorded; where they went is not in the file: where another one began. */
export function pickupWishes(
  pickups: readonly TimedPickup[],
  { scale, period, streams }: { scale: number; period: Period; streams: Streams },
): RideWish[] {
  const copies = Math.ceil(scale);
  const wishes = pickups.flatMap((pickup, number) =>
    Array.from({ length: copies }, (_, copy) => {
      const random = streams.of("demand", number, copy);
      if (random() >= scale / copies) return [];
      // The file has whole minutes.
      const shiftMs = random() * 60_000 + (copy === 0 ? 0 : (2 * random() - 1) * COPY.withinMs);
      const at = copy === 0 ? pickup : pointNear(pickup, { radiusM: COPY.radiusM, random });
      return [{
        atMs: Math.round(pickup.atMs + shiftMs),
        pickup: { lat: at.lat, lng: at.lng },
        dropoff: dropoffOf(pickup, { pickups, random }),
      }];
    }).flat()
  );
  return wishes
    .filter(({ atMs }) => atMs >= period.warmUpFromMs && atMs < period.untilMs)
    .sort((a, b) => a.atMs - b.atMs)
    .map((wish, index) => ({ index, userId: personId("passenger", index), ...wish }));
}

/** Where idle drivers go: where others were picked up. */
export function pickupSpots(pickups: readonly TimedPickup[]): HotSpot[] {
  const step = Math.max(1, pickups.length / HOT_SPOTS);
  return Array.from(
    { length: Math.min(HOT_SPOTS, pickups.length) },
    (_, index) => pickups[Math.floor(index * step)],
  ).flatMap((pickup) =>
    pickup === undefined ? [] : [{ lat: pickup.lat, lng: pickup.lng, weight: 1 }]
  );
}

function dropoffOf(
  from: Point,
  { pickups, random }: { pickups: readonly TimedPickup[]; random: Random },
): Point {
  // A file with all its pickups in one spot has no better dropoff than its last draw.
  let to: Point = from;
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const { lat, lng } = pick(random, pickups);
    to = { lat, lng };
    const way = distanceM(from, to);
    if (way >= SHORTEST_RIDE_M && random() < Math.exp(-way / RIDE_REACH_M)) break;
  }
  return to;
}

function timeOf(text: string): number {
  const american = AMERICAN.exec(text);
  const iso = ISO.exec(text);
  const parts = american === null
    ? iso?.slice(1, 7)
    : [american[3], american[1], american[2], ...american.slice(4, 7)];
  const [year, month, day, hour, minute, second = "0"] = parts ?? [];
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (!Number.isNaN(at)) return at;
  throw new Error(
    `Cannot read the pickups: the time "${text}" is neither like 9/1/2014 0:01:00 nor like 2014-09-01 00:01:00`,
  );
}
