// @ts-check
import { endSign } from "./signs.js";

/** @typedef {import("./leaflet.js").Dot} Dot */
/** @typedef {import("./leaflet.js").Layer} Layer */
/** @typedef {import("./leaflet.js").Leaflet} Leaflet */
/** @typedef {import("./leaflet.js").LeafletMap} LeafletMap */
/** @typedef {import("./leaflet.js").Line} Line */
/** @typedef {import("./leaflet.js").Marker} Marker */
/** @typedef {import("./types.js").LatLng} LatLng */
/** @typedef {import("./types.js").Selection} Selection */

const DOT_PIXELS = 5;
const URGENT = 2000;

/**
 * A sign that can be picked.
 * @typedef {object} Sign
 * @property {LatLng} at
 * @property {Selection} target
 * @property {string} title
 * @property {() => HTMLElement} make
 * @property {(node: HTMLElement) => void} update
 * @property {boolean} isUrgent
 */

/** Marks by name: those that are named again stay and move, the others go. */
export class MarkLayer {
  #leaflet;
  #map;
  #onPick;
  /** @type {Map<string, { marker: Marker, node: HTMLElement }>} */
  #signs = new Map();
  /** @type {Map<string, Dot>} */
  #dots = new Map();
  /** @type {Map<string, Line>} */
  #lines = new Map();
  /** @type {Set<string>} */
  #named = new Set();
  #selected = "";

  /**
   * @param {Leaflet} leaflet
   * @param {{ map: LeafletMap, onPick: (target: Selection) => void }} options
   */
  constructor(leaflet, { map, onPick }) {
    this.#leaflet = leaflet;
    this.#map = map;
    this.#onPick = onPick;
  }

  /** @param {Selection | null} selection */
  begin(selection) {
    this.#named.clear();
    this.#selected = selection === null ? "" : `${selection.kind}:${selection.id}`;
  }

  /** Takes away what was not named since the beginning. */
  end() {
    for (const marks of [this.#dots, this.#lines]) {
      for (const [name, mark] of marks) {
        if (this.#named.has(name)) continue;
        mark.remove();
        marks.delete(name);
      }
    }
    for (const [name, { marker }] of this.#signs) {
      if (this.#named.has(`sign ${name}`)) continue;
      marker.remove();
      this.#signs.delete(name);
    }
  }

  /**
   * @param {string} name
   * @param {Sign} sign
   */
  sign(name, { at, target, title, make, update, isUrgent }) {
    this.#named.add(`sign ${name}`);
    const known = this.#signs.get(name) ?? this.#addSign(name, { at, node: make(), target });
    known.marker.setLatLng(at);
    known.node.title = title;
    update(known.node);
    const isSelected = name === this.#selected;
    known.node.classList.toggle("selected", isSelected);
    known.marker.setZIndexOffset(isSelected || isUrgent ? URGENT : 0);
  }

  /**
   * One end of what is selected.
   * @param {"pickup" | "dropoff"} kind
   * @param {LatLng} at
   */
  wayEnd(kind, at) {
    this.#named.add(`sign ${kind}`);
    const known = this.#signs.get(kind) ?? this.#addSign(kind, { at, node: endSign(kind) });
    known.marker.setLatLng(at);
  }

  /**
   * @param {string} name
   * @param {{ at: LatLng, className: string, title: string, target: Selection }} dot
   */
  dot(name, { at, className, title, target }) {
    this.#named.add(name);
    let dot = this.#dots.get(name);
    if (dot === undefined) {
      dot = this.#leaflet.circleMarker(at, { radius: DOT_PIXELS });
      dot.bindTooltip(title, { direction: "top", offset: [0, -4] });
      dot.on("click", () => this.#onPick(target));
      dot.addTo(this.#map);
      this.#dots.set(name, dot);
    }
    dot.setLatLng(at);
    const selected = name === this.#selected ? " selected" : "";
    dot.getElement()?.setAttribute("class", `leaflet-interactive ${className}${selected}`);
  }

  /**
   * @param {string} name
   * @param {{ way: LatLng[], className: string }} line
   */
  line(name, { way, className }) {
    this.#named.add(name);
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = this.#leaflet.polyline(way, { interactive: false });
      line.addTo(this.#map);
      this.#lines.set(name, line);
    }
    line.setLatLngs(way);
    line.getElement()?.setAttribute("class", className);
  }

  /**
   * @param {string} name
   * @param {{ at: LatLng, node: HTMLElement, target?: Selection }} sign
   */
  #addSign(name, { at, node, target }) {
    const icon = this.#leaflet.divIcon({ html: node, className: "spot", iconSize: [0, 0] });
    // The list is the keyboard's way: hundreds of stops on a map are none.
    const marker = this.#leaflet.marker(at, {
      icon,
      keyboard: false,
      interactive: target !== undefined,
    });
    if (target !== undefined) marker.on("click", () => this.#onPick(target));
    marker.addTo(this.#map);
    const made = { marker, node };
    this.#signs.set(name, made);
    return made;
  }
}
