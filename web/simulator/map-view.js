// @ts-check
import { element, svg } from "./element.js";
import { distance, project, readable } from "./geography.js";
import { icon } from "./icons.js";
import { neighbours } from "./map-network.js";
import { Marker } from "./marker.js";
import { PLACES } from "./places.js";

/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./store.js").Store} Store */

/** Metres in a pixel. */
const NEAREST = 0.8;
const FARTHEST = 250;
/** Metres in a pixel at which the city is recognised; where the map begins when phones are near each other. */
const CITY = 9;
const ZOOM_STEP = 1.5;
/** At this scale a place of weight 1 is named; the others before it. */
const NAME_AT = 4;
/** In pixels: nearer than this, two markers leave no place for a word between them. */
const ROOM_FOR_DISTANCE = 90;

/** The city, drawn by hand: places, a grid, and the phones' markers, which can be dragged. */
export class MapView {
  /** @type {HTMLElement} */
  #node;
  /** @type {Store} */
  #store;
  /** @type {(phone: Phone) => void} */
  #onPick;
  #svg = svg("svg", {
    class: "city",
    attributes: { role: "group", "aria-label": "Map of Kigali" },
  });
  #grid = svg("g", { class: "grid" });
  #streets = svg("g", { class: "streets" });
  #names = svg("g", { class: "places" });
  #between = svg("g", { class: "between" });
  #markers = svg("g", { class: "markers" });
  #scale = element("span", { class: "scale" });
  /** @type {Map<Phone, Marker>} */
  #shown = new Map();
  /** What is in the middle, in metres, and how many metres a pixel is. */
  #view = { x: 0, y: 0, metres: 12 };
  /** @type {Phone[]} */
  #pair = [];

  /**
   * @param {HTMLElement} node
   * @param {{ store: Store, onPick: (phone: Phone) => void }} options
   */
  constructor(node, { store, onPick }) {
    this.#node = node;
    this.#store = store;
    this.#onPick = onPick;
    this.#svg.append(this.#grid, this.#streets, this.#names, this.#between, this.#markers);
    node.append(
      this.#svg,
      element(
        "div",
        { class: "map-tools" },
        this.#tool("Nearer", icon("add"), () => this.#zoom(1 / ZOOM_STEP)),
        this.#tool("Farther", element("span", { text: "−" }), () => this.#zoom(ZOOM_STEP)),
        this.#tool("Show every phone", icon("fit"), () => this.fit()),
      ),
      this.#scale,
      element("p", {
        class: "legend",
        text:
          "Drag a marker, or focus it and press the arrow keys. Lines join neighbouring places; " +
          "they are no streets.",
      }),
    );
    this.#listenToPointer();
    store.listen({
      phones: () => this.#update(),
      placed: () => this.fit(),
    });
    new ResizeObserver(() => this.draw()).observe(node);
    this.#update();
    this.fit();
  }

  /**
   * The phones that are looked at: a line joins them.
   * @param {Phone[]} pair
   */
  setPair(pair) {
    this.#pair = pair;
    this.#update();
  }

  /** Shows every phone. */
  fit() {
    const points = this.#store.phones.map(({ at }) => project(at));
    const [west, east] = range(points.map(({ x }) => x));
    const [north, south] = range(points.map(({ y }) => y));
    const { width, height } = this.#size();
    const metres = Math.max((east - west) / (width * 0.5), (south - north) / (height * 0.5), CITY);
    this.#view = { x: (west + east) / 2, y: (north + south) / 2, metres: clamp(metres) };
    this.draw();
  }

  /** Draws everything where it is now. */
  draw() {
    const { width, height } = this.#size();
    const { metres } = this.#view;
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.#drawGrid(width, height);
    this.#streets.replaceChildren(...neighbouring.flatMap(([a, b]) => {
      const from = this.#toScreen(project(a));
      const to = this.#toScreen(project(b));
      const attributes = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
      return [svg("line", { attributes })];
    }));
    this.#names.replaceChildren(...PLACES.flatMap((place) => {
      const { x, y } = this.#toScreen(project(place));
      if (x < -80 || y < -20 || x > width + 80 || y > height + 20) return [];
      const isNamed = metres < NAME_AT * place.weight;
      return [
        svg("circle", { attributes: { cx: x, cy: y, r: isNamed ? 3.5 : 2 } }),
        ...(isNamed ? [svg("text", { text: place.name, attributes: { x: x + 7, y: y + 4 } })] : []),
      ];
    }));
    this.#hideOverlaps();
    this.#drawPhones();
  }

  #drawPhones() {
    for (const marker of this.#shown.values()) marker.draw();
    this.#drawBetween();
  }

  /** A name that would lie on another is left out; the more important stays. */
  #hideOverlaps() {
    /** @type {DOMRect[]} */
    const taken = [];
    for (const text of this.#names.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      const isFree = taken.every((other) =>
        box.right < other.left || box.left > other.right || box.bottom < other.top ||
        box.top > other.bottom
      );
      if (isFree) taken.push(box);
      else text.remove();
    }
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  #drawGrid(width, height) {
    const { x, y, metres } = this.#view;
    const step = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000]
      .find((length) => length / metres > 70) ?? 50_000;
    const lines = [];
    const left = x - width / 2 * metres;
    const top = y - height / 2 * metres;
    for (let at = Math.ceil(left / step) * step; at < left + width * metres; at += step) {
      const to = (at - left) / metres;
      lines.push(svg("line", { attributes: { x1: to, y1: 0, x2: to, y2: height } }));
    }
    for (let at = Math.ceil(top / step) * step; at < top + height * metres; at += step) {
      const to = (at - top) / metres;
      lines.push(svg("line", { attributes: { x1: 0, y1: to, x2: width, y2: to } }));
    }
    this.#grid.replaceChildren(...lines);
    this.#scale.textContent = `Grid: ${readable(step)}`;
  }

  #drawBetween() {
    const [a, b] = this.#pair;
    if (a === undefined || b === undefined) return this.#between.replaceChildren();
    const from = this.#toScreen(project(a.at));
    const to = this.#toScreen(project(b.at));
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    const line = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
    const isRoomy = Math.hypot(from.x - to.x, from.y - to.y) > ROOM_FOR_DISTANCE;
    const attributes = { x: middle.x, y: middle.y - 8 };
    const label = svg("text", { text: readable(distance(a.at, b.at)), attributes });
    this.#between.replaceChildren(
      svg("line", { attributes: line }),
      ...(isRoomy ? [label] : []),
    );
  }

  #update() {
    const { phones } = this.#store;
    for (const [phone, marker] of this.#shown) {
      if (phones.includes(phone)) continue;
      marker.node.remove();
      this.#shown.delete(phone);
    }
    for (const phone of phones) {
      if (this.#shown.has(phone)) continue;
      const marker = new Marker(phone, {
        toScreen: (point) => this.#toScreen(project(point)),
        metresPerPixel: () => this.#view.metres,
        onMove: () => this.#store.phonesChanged(),
        onPick: () => this.#onPick(phone),
      });
      this.#shown.set(phone, marker);
      this.#markers.append(marker.node);
    }
    for (const [phone, marker] of this.#shown) marker.emphasise(this.#pair.includes(phone));
    this.#drawPhones();
  }

  #listenToPointer() {
    /** @type {{ x: number, y: number } | undefined} */
    let last;
    this.#svg.addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && event.target.closest(".marker") !== null) return;
      last = { x: event.clientX, y: event.clientY };
      this.#svg.setPointerCapture(event.pointerId);
    });
    this.#svg.addEventListener("pointermove", (event) => {
      if (last === undefined) return;
      this.#view.x -= (event.clientX - last.x) * this.#view.metres;
      this.#view.y -= (event.clientY - last.y) * this.#view.metres;
      last = { x: event.clientX, y: event.clientY };
      this.draw();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.#svg.addEventListener(end, () => {
        last = undefined;
      });
    }
    this.#svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { left, top } = this.#svg.getBoundingClientRect();
      const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004);
      this.#zoom(factor, { x: event.clientX - left, y: event.clientY - top });
    }, { passive: false });
  }

  /**
   * What is under `around`, or else in the middle, stays where it is.
   * @param {number} factor
   * @param {{ x: number, y: number }} [around] In pixels.
   */
  #zoom(factor, around) {
    const { width, height } = this.#size();
    const dx = (around?.x ?? width / 2) - width / 2;
    const dy = (around?.y ?? height / 2) - height / 2;
    const before = this.#view.metres;
    const metres = clamp(before * factor);
    this.#view.x += dx * (before - metres);
    this.#view.y += dy * (before - metres);
    this.#view.metres = metres;
    this.draw();
  }

  /** @param {{ x: number, y: number }} point In metres. */
  #toScreen({ x, y }) {
    const { width, height } = this.#size();
    const { metres } = this.#view;
    return {
      x: (x - this.#view.x) / metres + width / 2,
      y: (y - this.#view.y) / metres + height / 2,
    };
  }

  #size() {
    return { width: this.#node.clientWidth || 400, height: this.#node.clientHeight || 400 };
  }

  /**
   * @param {string} label
   * @param {Element} picture
   * @param {() => void} click
   */
  #tool(label, picture, click) {
    const attributes = { type: "button", "aria-label": label, title: label };
    return element("button", { class: "round", attributes, on: { click } }, picture);
  }
}

const neighbouring = neighbours(PLACES);

/**
 * @param {number[]} values
 * @returns {[number, number]}
 */
function range(values) {
  return [Math.min(...values), Math.max(...values)];
}

/** @param {number} metres */
function clamp(metres) {
  return Math.max(NEAREST, Math.min(FARTHEST, metres));
}
