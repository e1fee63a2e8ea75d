// @ts-check
import { config } from "./config.js";
import { element } from "./element.js";

/** @typedef {import("./leaflet.js").Leaflet} Leaflet */
/** @typedef {import("./leaflet.js").LeafletMap} LeafletMap */
/** @typedef {import("./types.js").City} City */
/** @typedef {City["places"][number]} Place */

const ZOOMS = [10, 11, 12, 13, 14, 15, 16, 17];
/** About what a letter takes, and the height of a line, in pixels. */
const LETTER = 7;
const LINE = 16;

/**
 * Names the places people go to, where no tiles do.
 * @param {Leaflet} leaflet
 * @param {{ map: LeafletMap, places: City["places"] }} options
 */
export function addPlaces(leaflet, { map, places }) {
  if (config.tileUrl !== "") return;
  const from = firstZooms(places);
  const labels = places.map((place) => {
    const { name, lat, lng } = place;
    const html = element("span", { class: "place" }, element("i"), element("span", { text: name }));
    const icon = leaflet.divIcon({ html, className: "spot", iconSize: [0, 0] });
    const options = { icon, interactive: false, keyboard: false, zIndexOffset: -1000 };
    leaflet.marker({ lat, lng }, options).addTo(map);
    return { html, zoom: from.get(place) ?? 18 };
  });
  const show = () => {
    for (const { html, zoom } of labels) html.hidden = map.getZoom() < zoom;
  };
  map.on("zoomend", show);
  show();
}

/**
 * From which zoom on each place has room for its name beside those that matter more.
 * @param {City["places"]} places Those that matter most first.
 * @returns {Map<Place, number>}
 */
export function firstZooms(places) {
  /** @type {Map<Place, number>} */
  const from = new Map();
  for (const zoom of ZOOMS) {
    const named = places.filter((place) => from.has(place));
    for (const place of places) {
      if (from.has(place) || named.some((other) => overlap(place, other, zoom))) continue;
      from.set(place, zoom);
      named.push(place);
    }
  }
  return from;
}

/**
 * @param {Place} a
 * @param {Place} b
 * @param {number} zoom
 */
function overlap(a, b, zoom) {
  const pixels = 256 * 2 ** zoom / 360;
  const right = (b.lng - a.lng) * pixels;
  const width = (right > 0 ? a : b).name.length * LETTER + 12;
  return Math.abs(right) < width && Math.abs(b.lat - a.lat) * pixels < LINE;
}
