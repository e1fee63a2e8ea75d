// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** @typedef {{ lat: number, lng: number }} LatLng */
/** @typedef {{ addTo(map: LeafletMap): Layer, remove(): void }} Layer */
/** @typedef {Layer & { setLatLng(at: LatLng): void, getElement(): HTMLElement | undefined }} Marker */
/** @typedef {Layer & { addLatLng(at: LatLng): void }} Polyline */
/** @typedef {Layer & { createTile: () => HTMLElement }} GridLayer */
/** @typedef {{ contains(at: LatLng): boolean, pad(share: number): Bounds }} Bounds */
/** @typedef {Record<string, unknown>} Options */

/**
 * The part of Leaflet's map that is used here.
 * @typedef {object} LeafletMap
 * @property {(bounds: Bounds, options: Options) => void} fitBounds
 * @property {() => Bounds} getBounds
 * @property {() => number} getZoom
 * @property {(bounds: Bounds) => number} getBoundsZoom
 * @property {(events: string, listener: () => void) => void} on
 * @property {(events: string, listener: () => void) => void} once
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
 * @property {(at: LatLng[], options: Options) => Polyline} polyline
 * @property {(options: Options) => unknown} divIcon
 * @property {(at: LatLng[]) => Bounds} latLngBounds
 * @property {{ scale(options: Options): Layer, zoom(options: Options): Layer }} control
 */

const SCRIPT = "../vendor/leaflet/leaflet.js";

/**
 * Loads Leaflet, which is as large as the rest of the page; null when it does not come.
 * @returns {Promise<Leaflet | null>}
 */
export async function loadLeaflet() {
  try {
    await import(SCRIPT);
    return Reflect.get(globalThis, "L") ?? null;
  } catch {
    return null;
  }
}
