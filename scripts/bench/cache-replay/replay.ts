import { distanceM, type Point } from "../../../shared/geo/mod.ts";
import { createRandom } from "../../city/random.ts";
import type { Way } from "../../load/kigali-city.ts";
import type { HotSpot } from "../../simulate/city.ts";
import { exponential } from "../../simulate/streams.ts";
import { DriverField } from "./driver-field.ts";

/** How searches are shared: within so many metres of where one was made, or by a square of so many degrees. */
export interface Sharing {
  readonly rows: number;
  readonly lifeS: number;
  readonly sharedM?: number;
  readonly squareDegrees?: number;
}

/** Who asks, who drives, and how often. */
export interface ReplayedCity {
  readonly ways: readonly Way[];
  readonly starts: readonly Point[];
  readonly spots: readonly HotSpot[];
  readonly requestsPerS: number;
  readonly seconds: number;
}

/** How it went: metres by which the driver who seems nearest is farther than the one who is. */
export interface Replayed {
  readonly searches: number;
  readonly hits: number;
  readonly fartherCached: readonly number[];
  readonly fartherFresh: readonly number[];
}

/** A search, kept. */
interface KeptPool {
  readonly origin: Point;
  readonly reachM: number;
  readonly atS: number;
  readonly rows: readonly { readonly index: number; readonly at: Point }[];
}

/** Searches show so many, and a search makes sure of so many rows before it is answered. */
const SHOWN = 9;
const FRESH_ROWS = 60;
/** Nothing is counted until pools are as old as they get. */
const WARM_UP_S = 90;
/** From the search to the match, and from there to the end of a ride as the load test has them. */
const CHOOSES_AFTER_S = 4;
const RIDES_FOR_S = 70;
/** Where the truly nearest is looked for: among so many who seem nearest. */
const LOOKED_AT = 300;

/** Plays searches of a city against a way of sharing them, in memory: no Redis, no database, no clock. */
export function replay(city: ReplayedCity, sharing: Sharing): Replayed {
  const random = createRandom(7);
  const field = new DriverField(city.starts, { spots: city.spots, random });
  const later = new Map<number, (() => void)[]>();
  const at = (second: number, act: () => void): unknown =>
    later.set(second, [...later.get(second) ?? [], act]);
  const ways = city.ways.values();
  const result = {
    searches: 0,
    hits: 0,
    fartherCached: [] as number[],
    fartherFresh: [] as number[],
  };
  let pools: KeptPool[] = [];
  let nextS = 0;
  for (let nowS = 0; nowS < WARM_UP_S + city.seconds; nowS++) {
    field.tick(nowS);
    for (const act of later.get(nowS) ?? []) act();
    later.delete(nowS);
    pools = pools.filter(({ atS }) => nowS - atS < sharing.lifeS);
    for (; nextS <= nowS; nextS += exponential(random, 1 / city.requestsPerS)) {
      const { value: way } = ways.next();
      if (way === undefined) throw new Error("There are no more ways: ask for less time");
      const near = field.nearest(way.pickup, Math.max(LOOKED_AT, sharing.rows));
      // The youngest is the last.
      const pool = pools.findLast((one) => serves(one, { at: way.pickup, field, sharing }));
      const chosen = pool === undefined
        ? near[0]?.index
        : nearestOf(pool, { at: way.pickup, field });
      if (chosen === undefined) continue;
      if (nowS >= WARM_UP_S) {
        const really = (index: number): number =>
          distanceM(way.pickup, field.reallyAt(index, nowS));
        const farther = really(chosen) - Math.min(...near.map(({ index }) => really(index)));
        result.searches++;
        if (pool !== undefined) result.hits++;
        (pool === undefined ? result.fartherFresh : result.fartherCached).push(farther);
      }
      if (pool === undefined) {
        // A square has one pool, any other place as many as were made there.
        pools = pools.filter(({ origin }) => !isSameSquare(origin, way.pickup, sharing));
        pools.push(keep(way.pickup, { near, nowS, field, sharing }));
      }
      at(nowS + CHOOSES_AFTER_S, () => {
        if (!field.isFree(chosen)) return;
        field.take(chosen);
        const overS = nowS + CHOOSES_AFTER_S + RIDES_FOR_S;
        at(overS, () => field.release(chosen, { at: way.dropoff, nowS: overS }));
      });
    }
  }
  return result;
}

function keep(
  origin: Point,
  { near, nowS, field, sharing }: {
    near: readonly { index: number; metres: number }[];
    nowS: number;
    field: DriverField;
    sharing: Sharing;
  },
): KeptPool {
  // Where the rows of the search itself reach far enough, no more are asked for.
  const isWide = (near[FRESH_ROWS - 1]?.metres ?? 0) >= 2 * (sharing.sharedM ?? Infinity);
  const kept = near.slice(0, isWide ? FRESH_ROWS : sharing.rows);
  return {
    origin,
    reachM: kept.at(-1)?.metres ?? 0,
    atS: nowS,
    rows: kept.map(({ index }) => ({ index, at: field.knownAt(index) })),
  };
}

function serves(
  pool: KeptPool,
  { at, field, sharing }: { at: Point; field: DriverField; sharing: Sharing },
): boolean {
  const { sharedM, squareDegrees } = sharing;
  if (squareDegrees !== undefined && !isSameSquare(pool.origin, at, sharing)) return false;
  const away = distanceM(pool.origin, at);
  const knownM = pool.reachM - away;
  if (knownM <= 0 || away > (sharedM ?? Infinity)) return false;
  let certain = 0;
  for (const row of pool.rows) {
    if (field.isFree(row.index) && distanceM(at, row.at) <= knownM && ++certain === SHOWN) {
      return true;
    }
  }
  return false;
}

function nearestOf(
  pool: KeptPool,
  { at, field }: { at: Point; field: DriverField },
): number | undefined {
  return pool.rows
    .filter(({ index }) => field.isFree(index))
    .map((row) => ({ index: row.index, metres: distanceM(at, row.at) }))
    .reduce<{ index: number; metres: number } | undefined>(
      (best, row) => best === undefined || row.metres < best.metres ? row : best,
      undefined,
    )?.index;
}

function isSameSquare(a: Point, b: Point, { squareDegrees }: Sharing): boolean {
  if (squareDegrees === undefined) return false;
  const square = (degrees: number): number => Math.floor(degrees / squareDegrees);
  return square(a.lat) === square(b.lat) && square(a.lng) === square(b.lng);
}
