// @ts-check
import { element, svg } from "./element.js";
import { distance, readable } from "./geography.js";
import { icon } from "./icons.js";
import { MapGround } from "./map-ground.js";
import { Marker } from "./marker.js";
import { Viewport } from "./viewport.js";

/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./store.js").Store} Store */

const ZOOM_STEP = 1.5;
/** In pixels: nearer than this, two markers leave no place for a word between them. */
const ROOM_FOR_DISTANCE = 90;

/** The city, drawn by hand, and the phones' markers on it, which can be dragged. */
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
  #ground = new MapGround();
  #between = svg("g", { class: "between" });
  #markers = svg("g", { class: "markers" });
  #scale = element("span", { class: "scale" });
  #viewport = new Viewport(() => this.#size());
  /** @type {Map<Phone, Marker>} */
  #shown = new Map();
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
    this.#svg.append(this.#ground.node, this.#between, this.#markers);
    node.append(
      this.#svg,
      element(
        "div",
        { class: "map-tools" },
        this.#tool("Nearer", icon("add"), () => this.#zoom(1 / ZOOM_STEP)),
        this.#tool("Farther", icon("remove"), () => this.#zoom(ZOOM_STEP)),
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
    store.listen({ phones: () => this.#update(), placed: () => this.fit() });
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
    this.#viewport.fit(this.#store.phones.map(({ at }) => at));
    this.draw();
  }

  /** Draws everything where it is now. */
  draw() {
    const size = this.#size();
    this.#svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    this.#scale.textContent = `Grid: ${this.#ground.draw(this.#viewport, size)}`;
    this.#drawPhones();
  }

  #drawPhones() {
    for (const marker of this.#shown.values()) marker.draw();
    const [a, b] = this.#pair;
    if (a === undefined || b === undefined) return this.#between.replaceChildren();
    const from = this.#viewport.toScreen(a.at);
    const to = this.#viewport.toScreen(b.at);
    const line = svg("line", { attributes: { x1: from.x, y1: from.y, x2: to.x, y2: to.y } });
    const label = svg("text", {
      text: readable(distance(a.at, b.at)),
      attributes: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 8 },
    });
    const isRoomy = Math.hypot(from.x - to.x, from.y - to.y) > ROOM_FOR_DISTANCE;
    this.#between.replaceChildren(line, ...(isRoomy ? [label] : []));
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
        toScreen: (point) => this.#viewport.toScreen(point),
        metresPerPixel: () => this.#viewport.metres,
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
      this.#viewport.pan({ x: event.clientX - last.x, y: event.clientY - last.y });
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
   * @param {number} factor
   * @param {{ x: number, y: number }} [around] In pixels.
   */
  #zoom(factor, around) {
    this.#viewport.zoom(factor, around);
    this.draw();
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
