// @ts-check
import { loadLeaflet as load } from "../shared/leaflet.js";

/** @typedef {import("./types.js").LatLng} LatLng */
/** @typedef {Record<string, unknown>} Options */
/** @typedef {{ addTo(map: LeafletMap): unknown, remove(): void, on(event: string, listener: () => void): void }} Layer */
/** @typedef {Layer & { setLatLng(at: LatLng): void, setZIndexOffset(offset: number): void }} Marker */
/** @typedef {Layer & { setLatLng(at: LatLng): void, getElement(): Element | undefined, bindTooltip(text: string, options: Options): void, setTooltipContent(text: string): void }} Dot */
/** @typedef {Layer & { setLatLngs(way: LatLng[]): void, getElement(): Element | undefined }} Line */
/** @typedef {Layer & { createTile: () => HTMLElement }} GridLayer */
/** @typedef {{ contains(at: LatLng): boolean }} Bounds */

/**
 * The part of Leaflet's map that is used here.
 * @typedef {object} LeafletMap
 * @property {(bounds: Bounds, options: Options) => void} fitBounds
 * @property {(at: LatLng, zoom: number) => void} setView
 * @property {() => number} getZoom
 * @property {(events: string, listener: () => void) => void} on
 * @property {() => void} invalidateSize
 * @property {{ setPrefix(html: string): void }} attributionControl
 */

/**
 * The part of Leaflet that is used here.
 * @typedef {object} Leaflet
 * @property {(node: HTMLElement, options: Options) => LeafletMap} map
 * @property {(template: string, options: Options) => Layer} tileLayer
 * @property {(options?: Options) => GridLayer} gridLayer
 * @property {(at: LatLng, options: Options) => Marker} marker
 * @property {(at: LatLng, options: Options) => Dot} circleMarker
 * @property {(way: LatLng[], options: Options) => Line} polyline
 * @property {(options: Options) => unknown} divIcon
 * @property {(at: LatLng[]) => Bounds} latLngBounds
 * @property {{ scale(options: Options): Layer }} control
 */

/**
 * Loads Leaflet; null when it does not come.
 * @returns {Promise<Leaflet | null>}
 */
export async function loadLeaflet() {
  // The trip page uses another part of the same library.
  return /** @type {Leaflet | null} */ (/** @type {unknown} */ (await load()));
}
