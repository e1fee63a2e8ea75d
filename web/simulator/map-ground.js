// @ts-check
import { svg } from "./element.js";
import { readable } from "./geography.js";
import { neighbours } from "./map-network.js";
import { PLACES } from "./places.js";

/** @typedef {import("./viewport.js").Viewport} Viewport */

/** A place of weight 1 is named when a pixel is less than so many metres; the others before it. */
const NAME_AT = 4;
const GRID_M = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
const GRID_PIXELS = 70;

const lines = neighbours(PLACES);

/** What lies under the phones: a grid, the places, and the lines between them. */
export class MapGround {
  node = svg("g");
  #grid = svg("g", { class: "grid" });
  #lines = svg("g", { class: "lines" });
  #places = svg("g", { class: "places" });

  constructor() {
    this.node.append(this.#grid, this.#lines, this.#places);
  }

  /**
   * @param {Viewport} viewport
   * @param {{ width: number, height: number }} size
   * @returns {string} How far the lines of the grid are apart.
   */
  draw(viewport, size) {
    this.#lines.replaceChildren(...lines.map(([a, b]) => {
      const from = viewport.toScreen(a);
      const to = viewport.toScreen(b);
      return svg("line", { attributes: { x1: from.x, y1: from.y, x2: to.x, y2: to.y } });
    }));
    this.#drawPlaces(viewport, size);
    return this.#drawGrid(viewport, size);
  }

  /**
   * @param {Viewport} viewport
   * @param {{ width: number, height: number }} size
   */
  #drawPlaces(viewport, { width, height }) {
    this.#places.replaceChildren(...PLACES.flatMap((place) => {
      const { x, y } = viewport.toScreen(place);
      if (x < -80 || y < -20 || x > width + 80 || y > height + 20) return [];
      const isNamed = viewport.metres < NAME_AT * place.weight;
      return [
        svg("circle", { attributes: { cx: x, cy: y, r: isNamed ? 3.5 : 2 } }),
        ...(isNamed ? [svg("text", { text: place.name, attributes: { x: x + 7, y: y + 4 } })] : []),
      ];
    }));
    this.#hideOverlaps();
  }

  /** A name that would lie on another is left out; the one of more weight is drawn before it. */
  #hideOverlaps() {
    const names = [...this.#places.querySelectorAll("text")];
    const boxes = names.map((name) => name.getBoundingClientRect());
    /** @type {DOMRect[]} */
    const taken = [];
    for (const [index, box] of boxes.entries()) {
      const isFree = taken.every((other) =>
        box.right < other.left || box.left > other.right || box.bottom < other.top ||
        box.top > other.bottom
      );
      if (isFree) taken.push(box);
      else names[index]?.remove();
    }
  }

  /**
   * @param {Viewport} viewport
   * @param {{ width: number, height: number }} size
   */
  #drawGrid({ metres, corner }, { width, height }) {
    const step = GRID_M.find((length) => length / metres > GRID_PIXELS) ?? 50_000;
    const first = (/** @type {number} */ from) => (Math.ceil(from / step) * step - from) / metres;
    const drawn = [];
    for (let x = first(corner.x); x < width; x += step / metres) {
      drawn.push(svg("line", { attributes: { x1: x, y1: 0, x2: x, y2: height } }));
    }
    for (let y = first(corner.y); y < height; y += step / metres) {
      drawn.push(svg("line", { attributes: { x1: 0, y1: y, x2: width, y2: y } }));
    }
    this.#grid.replaceChildren(...drawn);
    return readable(step);
  }
}
