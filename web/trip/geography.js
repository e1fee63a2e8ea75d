// @ts-check

/** @typedef {{ lat: number, lng: number }} LatLng */

const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;
const COMPASS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/**
 * Great-circle distance in metres.
 * @param {LatLng} a
 * @param {LatLng} b
 * @returns {number}
 */
export function distanceM(a, b) {
  const dLat = (b.lat - a.lat) * RADIANS;
  const dLng = (b.lng - a.lng) * RADIANS;
  const h = Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * RADIANS) * Math.cos(b.lat * RADIANS) * Math.sin(dLng / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * The direction to set out in, in degrees clockwise from north.
 * @param {LatLng} from
 * @param {LatLng} to
 * @returns {number}
 */
export function bearing(from, to) {
  const dLng = (to.lng - from.lng) * RADIANS;
  const [a, b] = [from.lat * RADIANS, to.lat * RADIANS];
  const east = Math.sin(dLng) * Math.cos(b);
  const north = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(dLng);
  return (Math.atan2(east, north) / RADIANS + 360) % 360;
}

/**
 * The nearest of the eight directions of the compass: "n", "ne", "e" and so on.
 * @param {LatLng} from
 * @param {LatLng} to
 * @returns {string}
 */
export function compassPoint(from, to) {
  return COMPASS[Math.round(bearing(from, to) / 45) % 8] ?? "n";
}
