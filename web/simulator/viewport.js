// @ts-check
import { project } from "./geography.js";

/** @typedef {import("./types.js").Point} Point */
/** @typedef {{ x: number, y: number }} Position */

/** Metres in a pixel. */
const NEAREST = 0.8;
const FARTHEST = 250;
/** At this scale one recognises the city; the map begins here when the phones are near each other. */
const CITY = 9;

/** Which part of the world the map shows. */
export class Viewport {
  /** Metres in a pixel. */
  metres = CITY;
  /** What is in the middle, in metres. @type {Position} */
  #middle = { x: 0, y: 0 };
  /** @type {() => { width: number, height: number }} */
  #size;

  /** @param {() => { width: number, height: number }} size In pixels. */
  constructor(size) {
    this.#size = size;
  }

  /** The upper left corner, in metres. */
  get corner() {
    const { width, height } = this.#size();
    return {
      x: this.#middle.x - width / 2 * this.metres,
      y: this.#middle.y - height / 2 * this.metres,
    };
  }

  /**
   * Where a point is on the screen, in pixels.
   * @param {Point} point
   * @returns {Position}
   */
  toScreen(point) {
    const { x, y } = project(point);
    const { corner } = this;
    return { x: (x - corner.x) / this.metres, y: (y - corner.y) / this.metres };
  }

  /**
   * Shows all of the points.
   * @param {Point[]} points
   */
  fit(points) {
    const projected = points.map(project);
    const [west, east] = range(projected.map(({ x }) => x));
    const [north, south] = range(projected.map(({ y }) => y));
    const { width, height } = this.#size();
    this.#middle = { x: (west + east) / 2, y: (north + south) / 2 };
    this.metres = clamp(Math.max((east - west) * 2 / width, (south - north) * 2 / height, CITY));
  }

  /**
   * Moves what is shown by so many pixels.
   * @param {Position} by
   */
  pan({ x, y }) {
    this.#middle = { x: this.#middle.x - x * this.metres, y: this.#middle.y - y * this.metres };
  }

  /**
   * What is under `around`, or else in the middle, stays where it is.
   * @param {number} factor
   * @param {Position} [around] In pixels.
   */
  zoom(factor, around) {
    const { width, height } = this.#size();
    const dx = (around?.x ?? width / 2) - width / 2;
    const dy = (around?.y ?? height / 2) - height / 2;
    const before = this.metres;
    this.metres = clamp(before * factor);
    this.#middle = {
      x: this.#middle.x + dx * (before - this.metres),
      y: this.#middle.y + dy * (before - this.metres),
    };
  }
}

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
