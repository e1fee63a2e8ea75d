import { distanceM, type Point } from "../../../shared/geo/mod.ts";
import { pickWeighted, type Random } from "../../city/random.ts";
import { pointAlong, pointNear } from "../../city/route.ts";
import type { HotSpot } from "../../simulate/city.ts";
import { habits } from "../../simulate/habits.ts";
import { logNormal } from "../../simulate/streams.ts";

const STAND_RADIUS_M = 300;
const CELL_DEGREES = 0.002;
const METRES_PER_CELL = CELL_DEGREES * 111_195;
/** From a city's middle to its end, in cells. */
const FARTHEST_CELLS = 150;
const { pingEveryS, waitsBeforeMovingS, cruisesNotFartherThanM } = habits.drivers;
const SPEED_MPS = habits.roads.speedMps.moto / habits.roads.roadFactor.median;

/** A driver without a ride: where their phone last said they are, and where they are on the way to. */
interface Driver {
  known: Point;
  from: Point;
  to: Point;
  leftS: number;
  thereS: number;
  movesS: number;
  isFree: boolean;
}

/** Drivers who wait, drive to where more is going on, and are heard of every half a minute. Times in seconds. */
export class DriverField {
  readonly #drivers: Driver[];
  readonly #spots: readonly HotSpot[];
  readonly #random: Random;
  readonly #cells = new Map<string, Set<number>>();

  constructor(
    starts: readonly Point[],
    { spots, random }: { spots: readonly HotSpot[]; random: Random },
  ) {
    this.#spots = spots;
    this.#random = random;
    this.#drivers = starts.map((at) => ({
      known: at,
      from: at,
      to: at,
      leftS: 0,
      thereS: 0,
      movesS: random() * this.#waitS(),
      isFree: true,
    }));
    this.#drivers.forEach((driver, index) => this.#cell(driver.known).add(index));
  }

  /** One second passes: a thirtieth of the phones say where they are. */
  tick(nowS: number): void {
    for (let index = nowS % pingEveryS; index < this.#drivers.length; index += pingEveryS) {
      const driver = this.#drivers[index];
      if (driver === undefined || !driver.isFree) continue;
      if (nowS >= driver.movesS) this.#setOff(driver, nowS);
      this.#cell(driver.known).delete(index);
      driver.known = positionOf(driver, nowS);
      this.#cell(driver.known).add(index);
    }
  }

  /** The nearest free drivers by what is known of them: number and metres, nearest first. */
  nearest(at: Point, count: number): { index: number; metres: number }[] {
    const found: { index: number; metres: number }[] = [];
    for (let ring = 0; ring < FARTHEST_CELLS; ring++) {
      for (const index of this.#ring(at, ring)) {
        found.push({ index, metres: distanceM(at, this.knownAt(index)) });
      }
      const certainM = ring * METRES_PER_CELL * 0.99;
      if (
        found.length >= count && found.filter(({ metres }) => metres <= certainM).length >= count
      ) {
        break;
      }
    }
    return found.sort((a, b) => a.metres - b.metres).slice(0, count);
  }

  /** Where the driver's phone last said they were. */
  knownAt(index: number): Point {
    return this.#at(index).known;
  }

  /** Where the driver is. */
  reallyAt(index: number, nowS: number): Point {
    return positionOf(this.#at(index), nowS);
  }

  isFree(index: number): boolean {
    return this.#at(index).isFree;
  }

  /** Somebody rides with the driver from now on. */
  take(index: number): void {
    const driver = this.#at(index);
    driver.isFree = false;
    this.#cell(driver.known).delete(index);
  }

  /** The ride is over. */
  release(index: number, { at, nowS }: { at: Point; nowS: number }): void {
    const driver = this.#at(index);
    Object.assign(driver, { known: at, from: at, to: at, leftS: nowS, thereS: nowS, isFree: true });
    driver.movesS = nowS + this.#waitS();
    this.#cell(at).add(index);
  }

  #setOff(driver: Driver, nowS: number): void {
    const here = positionOf(driver, nowS);
    const spots = this.#spots.map((spot) => ({
      spot,
      weight: spot.weight * Math.exp(-distanceM(here, spot) / cruisesNotFartherThanM),
    }));
    const random = this.#random;
    driver.from = here;
    driver.to = pointNear(pickWeighted(random, spots).spot, { radiusM: STAND_RADIUS_M, random });
    driver.leftS = nowS;
    driver.thereS = nowS + Math.max(1, distanceM(here, driver.to) / SPEED_MPS);
    driver.movesS = driver.thereS + this.#waitS();
  }

  #waitS(): number {
    return logNormal(this.#random, waitsBeforeMovingS);
  }

  #at(index: number): Driver {
    const driver = this.#drivers[index];
    if (driver === undefined) throw new Error(`There is no driver ${index}`);
    return driver;
  }

  *#ring(at: Point, ring: number): Iterable<number> {
    const [row, column] = [Math.floor(at.lat / CELL_DEGREES), Math.floor(at.lng / CELL_DEGREES)];
    for (let north = -ring; north <= ring; north++) {
      const step = Math.abs(north) === ring ? 1 : Math.max(1, 2 * ring);
      for (let east = -ring; east <= ring; east += step) {
        yield* this.#cells.get(`${row + north}:${column + east}`) ?? [];
      }
    }
  }

  #cell(at: Point): Set<number> {
    const key = `${Math.floor(at.lat / CELL_DEGREES)}:${Math.floor(at.lng / CELL_DEGREES)}`;
    const cell = this.#cells.get(key) ?? new Set();
    this.#cells.set(key, cell);
    return cell;
  }
}

function positionOf({ from, to, leftS, thereS }: Driver, nowS: number): Point {
  if (nowS >= thereS) return to;
  return pointAlong({ from, to }, Math.max(0, (nowS - leftS) / (thereS - leftS)));
}
