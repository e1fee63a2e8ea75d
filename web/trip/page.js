// @ts-check

/** @typedef {import("./words.js").Words} Words */

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

/**
 * Writes a text where it differs, so that nothing is drawn or read aloud again without need. Always text:
 * nothing from outside is ever read as markup.
 * @param {string} id
 * @param {string} text
 */
export function write(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Writes a text, or hides the line when there is none.
 * @param {string} id
 * @param {string | null} text
 * @param {string} [line] The id of what is hidden, unless it is the text itself.
 */
export function writeOrHide(id, text, line = id) {
  write(id, text ?? "");
  show(line, text !== null);
}

/**
 * @param {string} id
 * @param {boolean} isShown
 */
export function show(id, isShown) {
  byId(id).toggleAttribute("hidden", !isShown);
}

/**
 * Says in this language what is always on the page.
 * @param {Words} words
 */
export function translatePage(words) {
  document.documentElement.lang = words.locale;
  for (const node of document.querySelectorAll("[data-word]")) {
    const key = node.getAttribute("data-word") ?? "";
    if (words.has(key)) node.textContent = words.say(key);
  }
  byId("steps").setAttribute("aria-label", words.say("steps"));
}
