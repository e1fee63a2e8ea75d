import type { Point } from "./point.ts";

/** Mean radius of the Earth in metres (IUGG R1). */
const EARTH_RADIUS_M = 6_371_008.8;

/** Great-circle distance in metres by the haversine formula; at most 0.5% from the ellipsoid. */
export function distanceM(a: Point, b: Point): number {
  const radians = Math.PI / 180;
  const dLat = (b.lat - a.lat) * radians;
  const dLng = (b.lng - a.lng) * radians;
  const h = Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * Math.sin(dLng / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}
