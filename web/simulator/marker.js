// @ts-check
import { svg } from "./element.js";
import { describe, project, unproject } from "./geography.js";
import { nameOf } from "./phones.js";

/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./types.js").Point} Point */

/**
 * @typedef {object} MarkerOptions
 * @property {(point: Point) => { x: number, y: number }} toScreen
 * @property {() => number} metresPerPixel
 * @property {() => void} onMove
 * @property {() => void} onPick
 */

/** Metres that a press of an arrow key moves a marker. */
const STEP_M = 50;
const LONG_STEP_M = 500;
/** @type {Readonly<Record<string, { x: number, y: number }>>} */
const ARROWS = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Where a phone is; dragged, or moved with the arrow keys. */
export class Marker {
  /** @type {SVGGElement} */
  node;
  /** @type {Phone} */
  #phone;
  /** @type {MarkerOptions} */
  #options;

  /**
   * @param {Phone} phone
   * @param {MarkerOptions} options
   */
  constructor(phone, options) {
    this.#phone = phone;
    this.#options = options;
    const name = nameOf(phone);
    this.node = svg(
      "g",
      { class: `marker ${phone.role}`, attributes: { role: "button", tabindex: 0 } },
      svg("ellipse", { class: "shadow", attributes: { cx: 0, cy: 1, rx: 8, ry: 3 } }),
      svg("path", {
        attributes: { d: "M0 0C-6 -9 -15 -15 -15 -27a15 15 0 1 1 30 0C15 -15 6 -9 0 0z" },
      }),
      svg("text", { class: "letter", text: initials(name), attributes: { y: -22 } }),
      svg("text", { class: "name", text: name.split(" ")[0] ?? name, attributes: { y: 16 } }),
    );
    this.#listen();
  }

  draw() {
    const { x, y } = this.#options.toScreen(this.#phone.at);
    this.node.setAttribute("transform", `translate(${x} ${y})`);
    const { role, at } = this.#phone;
    const label = `${nameOf(this.#phone)}, ${role}, ${describe(at)}`;
    this.node.setAttribute("aria-label", `${label}. Arrow keys move`);
  }

  /** @param {boolean} isShown Whether the phone is looked at. */
  emphasise(isShown) {
    if (this.node.classList.contains("shown") === isShown) return;
    this.node.classList.toggle("shown", isShown);
    if (isShown) this.node.parentElement?.append(this.node);
  }

  #listen() {
    /** @type {{ x: number, y: number } | undefined} */
    let last;
    this.node.addEventListener("pointerdown", (event) => {
      last = { x: event.clientX, y: event.clientY };
      this.node.setPointerCapture(event.pointerId);
      this.node.classList.add("lifted");
    });
    this.node.addEventListener("pointermove", (event) => {
      if (last === undefined) return;
      const metres = this.#options.metresPerPixel();
      this.#move((event.clientX - last.x) * metres, (event.clientY - last.y) * metres);
      last = { x: event.clientX, y: event.clientY };
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.node.addEventListener(end, () => {
        last = undefined;
        this.node.classList.remove("lifted");
      });
    }
    this.node.addEventListener("click", () => this.#options.onPick());
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.#options.onPick();
      const arrow = ARROWS[event.key];
      if (arrow === undefined) return;
      event.preventDefault();
      const step = event.shiftKey ? LONG_STEP_M : STEP_M;
      this.#move(arrow.x * step, arrow.y * step);
    });
  }

  /**
   * @param {number} east In metres.
   * @param {number} south In metres.
   */
  #move(east, south) {
    const { x, y } = project(this.#phone.at);
    this.#phone.at = unproject({ x: x + east, y: y + south });
    this.#options.onMove();
  }
}

/** @param {string} name */
function initials(name) {
  return name.split(" ").slice(0, 2).map((part) => [...part][0] ?? "").join("");
}
