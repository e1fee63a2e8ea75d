// @ts-check
import { PLACES } from "./places.js";

/** @typedef {import("./types.js").Point} Point */
/** @typedef {import("./types.js").Place} Place */

const CENTRE = { lat: -1.95, lng: 30.09 };
const METRES_PER_DEGREE = 111_195;
const SQUEEZE = Math.cos(CENTRE.lat * Math.PI / 180);

/**
 * Metres to the east and to the south of the middle of the map.
 * @param {Point} point
 * @returns {{ x: number, y: number }}
 */
export function project({ lat, lng }) {
  return {
    x: (lng - CENTRE.lng) * METRES_PER_DEGREE * SQUEEZE,
    y: (CENTRE.lat - lat) * METRES_PER_DEGREE,
  };
}

/**
 * The point at so many metres to the east and to the south, to a metre or so.
 * @param {{ x: number, y: number }} metres
 * @returns {Point}
 */
export function unproject({ x, y }) {
  return {
    lat: round(CENTRE.lat - y / METRES_PER_DEGREE),
    lng: round(CENTRE.lng + x / METRES_PER_DEGREE / SQUEEZE),
  };
}

/**
 * In metres; right for a city.
 * @param {Point} a
 * @param {Point} b
 * @returns {number}
 */
export function distance(a, b) {
  const from = project(a);
  const to = project(b);
  return Math.hypot(from.x - to.x, from.y - to.y);
}

/**
 * The named places, the nearest first.
 * @param {Point} point
 * @returns {{ place: Place, metres: number }[]}
 */
export function placesNear(point) {
  return PLACES.map((place) => ({ place, metres: distance(point, place) }))
    .sort((a, b) => a.metres - b.metres);
}

/**
 * Where a point is, for a person: "Kisimenti", "350 m from Gishushu".
 * @param {Point} point
 * @returns {string}
 */
export function describe(point) {
  const [nearest] = placesNear(point);
  if (nearest === undefined) return "";
  const { place, metres } = nearest;
  return metres < 60 ? place.name : `${readable(metres)} from ${place.name}`;
}

/**
 * @param {number} metres
 * @returns {string}
 */
export function readable(metres) {
  if (metres < 995) return `${Math.round(metres / 10) * 10} m`;
  return `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0)} km`;
}

/**
 * @param {number} degrees
 * @returns {number}
 */
function round(degrees) {
  return Math.round(degrees * 1e5) / 1e5;
}
