// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

const SVG = "http://www.w3.org/2000/svg";

/**
 * What an element has beside its children.
 * @typedef {object} Options
 * @property {string} [class]
 * @property {string} [text] Always text: nothing from outside is ever read as markup.
 * @property {Record<string, string | number | boolean>} [attributes] `false` leaves one out.
 * @property {Record<string, (event: Event) => void>} [on]
 */

/**
 * Makes an element of HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Options} [options]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  dress(made, options);
  made.append(...children);
  return made;
}

/**
 * Makes an element of SVG.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Options} [options]
 * @param {Node[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, options = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  dress(made, options);
  made.append(...children);
  return made;
}

/**
 * @param {Element} made
 * @param {Options} options
 */
function dress(made, { class: name, text, attributes = {}, on = {} }) {
  if (name !== undefined) made.setAttribute("class", name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(key, value === true ? "" : String(value));
  }
  for (const [type, listener] of Object.entries(on)) made.addEventListener(type, listener);
}

/**
 * The element of the page with this id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}`);
  return found;
}
