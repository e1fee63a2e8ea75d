// @ts-check
import { config } from "./config.js";
import { byId } from "./element.js";
import { loadLeaflet } from "./leaflet.js";
import { MapMarks } from "./map-marks.js";
import { addPlaces } from "./map-places.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./leaflet.js").Leaflet} Leaflet */
/** @typedef {import("./leaflet.js").LeafletMap} LeafletMap */
/** @typedef {import("./types.js").LatLng} LatLng */
/** @typedef {import("./types.js").Selection} Selection */

/** Kigali, until it is known where the service runs. */
const SOMEWHERE = { lat: -1.95, lng: 30.06 };
const FIRST_ZOOM = 13;
const NEAREST_ZOOM = 16;

/**
 * Opens the map; null when there can be none, and the list has to do.
 * @param {Store} store
 * @param {(target: Selection) => void} onPick
 * @returns {Promise<MapView | null>}
 */
export async function openMap(store, onPick) {
  const leaflet = await loadLeaflet();
  return leaflet === null ? null : new MapView(leaflet, { store, onPick });
}

/** The live map. */
class MapView {
  #leaflet;
  #store;
  /** @type {LeafletMap} */
  #map;
  #marks;
  #node = byId("canvas");
  #hasPlaces = false;
  #isFitted = false;
  #area = "";

  /**
   * @param {Leaflet} leaflet
   * @param {{ store: Store, onPick: (target: Selection) => void }} options
   */
  constructor(leaflet, { store, onPick }) {
    this.#leaflet = leaflet;
    this.#store = store;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#map = leaflet.map(this.#node, {
      zoomAnimation: !isCalm,
      fadeAnimation: !isCalm,
      maxZoom: 19,
      minZoom: 5,
    });
    this.#map.attributionControl.setPrefix("Leaflet");
    this.#map.setView(SOMEWHERE, FIRST_ZOOM);
    this.#addGround();
    leaflet.control.scale({ imperial: false }).addTo(this.#map);
    this.#marks = new MapMarks(leaflet, { map: this.#map, onPick });
    byId("fit").addEventListener("click", () => this.#fit());
    new ResizeObserver(() => this.#map.invalidateSize()).observe(this.#node);
  }

  show() {
    const store = this.#store;
    if (store.city !== null && !this.#hasPlaces) {
      this.#hasPlaces = true;
      addPlaces(this.#leaflet, { map: this.#map, places: store.city.places });
    }
    if (store.overview === null) return;
    this.#marks.show(store);
    if (!this.#isFitted || store.filter.area !== this.#area) {
      this.#isFitted = true;
      this.#area = store.filter.area;
      this.#fit();
    }
  }

  /** Shows everything there is, or at least the area. */
  #fit() {
    const { city, filter } = this.#store;
    const area = city?.areas.find(({ code }) => code === filter.area) ?? null;
    const points = this.#marks.points;
    const corners = area === null ? [] : [
      { lat: area.south, lng: area.west },
      { lat: area.north, lng: area.east },
    ];
    const wanted = points.length > 0 ? points : corners;
    if (wanted.length === 0) return;
    this.#map.fitBounds(this.#leaflet.latLngBounds(wanted), {
      padding: [48, 48],
      maxZoom: NEAREST_ZOOM,
    });
  }

  /** Goes to what is selected, and where it begins and ends. */
  bringIn() {
    const points = this.#marks.wayOf(this.#store);
    if (points.length === 0) return;
    this.#map.fitBounds(this.#leaflet.latLngBounds(points), {
      padding: [64, 64],
      maxZoom: NEAREST_ZOOM - 1,
    });
  }

  #addGround() {
    if (config.tileUrl !== "") {
      const options = { attribution: config.tileAttribution, maxZoom: 19, className: "tiles" };
      this.#leaflet.tileLayer(config.tileUrl, options).addTo(this.#map);
      return;
    }
    const ground = this.#leaflet.gridLayer();
    ground.createTile = () => {
      const tile = document.createElement("div");
      tile.className = "ground";
      return tile;
    };
    ground.addTo(this.#map);
  }
}
