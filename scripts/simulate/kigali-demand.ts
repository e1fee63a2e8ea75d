import { KIGALI_DAY } from "../city/kigali-day.ts";
import { pickWeighted, type Random } from "../city/random.ts";
import { pointNear } from "../city/route.ts";
import { distanceM, type Point } from "../../shared/geo/mod.ts";
import { type HotSpot, localHour, type Period, personId, type RideWish } from "./city.ts";
import { exponential, type Streams } from "./streams.ts";

/** Rides a day and motos, of a city and of the share of it that is simulated. */
export const KIGALI = {
  utcOffsetMinutes: 120,
  /** Rwanda News Agency, 2020: 26,000 motos; APA, 2019: some 350,000 trips a day. */
  motos: 26_000,
  ridesADay: 350_000,
} as const;

/** Where people work: downtown, Kacyiru and the convention centre, Remera. Assumed. */
const CENTRES: readonly Point[] = [
  { lat: -1.9441, lng: 30.0589 },
  { lat: -1.9453, lng: 30.0886 },
  { lat: -1.958, lng: 30.1125 },
];
/** Beyond some such distance a place has little to do with a centre. Assumed. */
const CENTRE_REACH_M = 2500;
/** How much more often people leave the outskirts than the centres on the way to work. Assumed. */
const COMMUTE = 1.4;
/** Mean way of a ride as the crow flies, were all places as near. Assumed: motos are for short ways. */
const RIDE_REACH_M = 3500;
const SHORTEST_RIDE_M = 600;
/** People stand around a place, not on it. */
const PLACE_RADIUS_M = 450;

/** Rides wanted in one hour of a day of `ridesADay`, at a moment: the hours' shares, joined by straight lines. */
export function kigaliRate(hour: number, ridesADay: number): number {
  const total = KIGALI_DAY.reduce((sum, share) => sum + share, 0);
  const middle = hour - 0.5;
  const before = Math.floor(middle);
  const share = (index: number): number => KIGALI_DAY[(index + 24) % 24] ?? 0;
  const weight = middle - before;
  return ridesADay / total * (share(before) * (1 - weight) + share(before + 1) * weight);
}

/** Which way people go: 1 is to work with all their might, -1 home. */
export function commuteDirection(hour: number): number {
  const bump = (at: number): number => Math.exp(-(((hour - at) / 1.8) ** 2));
  return bump(7.5) - bump(18);
}

/** Wishes of a share of Kigali, a Poisson stream by the hour, from hot spot to hot spot. */
export function kigaliWishes(
  spots: readonly HotSpot[],
  { scale, period, streams }: { scale: number; period: Period; streams: Streams },
): RideWish[] {
  const ridesADay = KIGALI.ridesADay * scale;
  const highest = Math.max(...KIGALI_DAY.map((_, hour) => kigaliRate(hour + 0.5, ridesADay)));
  const times = streams.of("demand", "times");
  const wishes: RideWish[] = [];
  let atMs = period.warmUpFromMs;
  for (;;) {
    // Thinned: drawn at the day's highest rate, kept by the hour's.
    atMs += exponential(times, 3_600_000 / highest);
    if (atMs >= period.untilMs) return wishes;
    const hour = localHour(KIGALI, atMs);
    if (times() >= kigaliRate(hour, ridesADay) / highest) continue;
    const index = wishes.length;
    const way = drawWay(spots, { hour, random: streams.of("demand", index, "way") });
    wishes.push({ index, atMs: Math.round(atMs), userId: personId("passenger", index), ...way });
  }
}

/** From where to where somebody wants to go at an hour of the day. */
export function drawWay(
  spots: readonly HotSpot[],
  { hour, random }: { hour: number; random: Random },
): { pickup: Point; dropoff: Point } {
  const pull = COMMUTE * commuteDirection(hour);
  const from = pickWeighted(
    random,
    spots.map((spot) => ({ spot, weight: spot.weight * Math.exp(-pull * centrality(spot)) })),
  ).spot;
  const to = pickWeighted(
    random,
    spots.map((spot) => {
      const way = distanceM(from, spot);
      const near = way < SHORTEST_RIDE_M ? 0 : Math.exp(-way / RIDE_REACH_M);
      return { spot, weight: near * spot.weight * Math.exp(pull * centrality(spot)) };
    }),
  ).spot;
  const around = { radiusM: PLACE_RADIUS_M, random };
  return { pickup: pointNear(from, around), dropoff: pointNear(to, around) };
}

/** 1 in a centre, falling to -1 far from all of them. */
function centrality(at: Point): number {
  const nearest = Math.min(...CENTRES.map((centre) => distanceM(centre, at)));
  return 2 * Math.exp(-nearest / CENTRE_REACH_M) - 1;
}
