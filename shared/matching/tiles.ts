import type { Point } from "../geo/mod.ts";
import { METRES_PER_DEGREE } from "./pool-scripts.ts";

/** Degrees of latitude and longitude: about 2.2 km in Kigali, so that a pool is in four lists at most. */
const TILE_DEGREES = 0.02;
/** Towards the poles a pool is listed in no more tiles than this half width touches, in degrees. */
const WIDEST_DEGREES = 0.05;

/** The tile that a point is in, as a part of a key. */
export function tileOf(at: Point): string {
  return tile(index(at.lat), index(at.lng));
}

/** Every tile with a point within so many metres of another, or a little more. */
export function tilesAround(at: Point, radiusM: number): string[] {
  const north = radiusM / METRES_PER_DEGREE * 1.01;
  const east = Math.min(WIDEST_DEGREES, north / Math.cos(at.lat * Math.PI / 180));
  const tiles: string[] = [];
  for (let row = index(at.lat - north); row <= index(at.lat + north); row++) {
    for (let column = index(at.lng - east); column <= index(at.lng + east); column++) {
      tiles.push(tile(row, column));
    }
  }
  return tiles;
}

function index(degrees: number): number {
  return Math.floor(degrees / TILE_DEGREES);
}

function tile(row: number, column: number): string {
  return `${row}:${column}`;
}
