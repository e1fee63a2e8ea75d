import type { Point } from "./point.ts";

/** The eight directions of the compass, clockwise from north. */
export const compassPoints = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;

/** One of the eight directions of the compass. */
export type CompassPoint = typeof compassPoints[number];

/** The direction to set out in along the great circle, in degrees clockwise from north: 0 to below 360. */
export function bearing(from: Point, to: Point): number {
  const radians = Math.PI / 180;
  const dLng = (to.lng - from.lng) * radians;
  const [a, b] = [from.lat * radians, to.lat * radians];
  const east = Math.sin(dLng) * Math.cos(b);
  const north = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(dLng);
  return (Math.atan2(east, north) / radians + 360) % 360;
}

/** The nearest of the eight directions of the compass; north when the two points are the same. */
export function compassPoint(from: Point, to: Point): CompassPoint {
  return compassPoints[Math.round(bearing(from, to) / 45) % 8] ?? "n";
}
