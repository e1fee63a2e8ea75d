import type { Point } from "../../shared/geo/mod.ts";
import type { Random } from "./random.ts";

const METRES_PER_DEGREE = 111_195;

/** The point at a fraction of the straight way, exact enough within a city. */
export function pointAlong(
  { from, to }: { readonly from: Point; readonly to: Point },
  fraction: number,
): Point {
  return {
    lat: from.lat + (to.lat - from.lat) * fraction,
    lng: from.lng + (to.lng - from.lng) * fraction,
  };
}

/** A point within so many metres, every part of the circle as likely. */
export function pointNear(
  centre: Point,
  { radiusM, random }: { readonly radiusM: number; readonly random: Random },
): Point {
  const distanceM = radiusM * Math.sqrt(random());
  const angle = 2 * Math.PI * random();
  return {
    lat: centre.lat + distanceM * Math.cos(angle) / METRES_PER_DEGREE,
    lng: centre.lng +
      distanceM * Math.sin(angle) / (METRES_PER_DEGREE * Math.cos(centre.lat * Math.PI / 180)),
  };
}
