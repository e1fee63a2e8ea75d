// @ts-check
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Runs in the trip page before everything else, and keeps what a test asks it for.

/** Where the driver was put, and when. @type {{ at: string, when: number }[]} */
const moves = [];
/** When the page first showed the ride and the map, in milliseconds since the navigation. */
const shown = { ride: 0, map: 0 };

new MutationObserver(() => {
  const at = document.querySelector(".car")?.getAttribute("data-at");
  if (at && at !== moves.at(-1)?.at) moves.push({ at, when: Date.now() });
  if (shown.ride === 0 && document.querySelector("#status")?.textContent) {
    shown.ride = Math.round(performance.now());
  }
  if (shown.map === 0 && document.querySelector(".pin")) shown.map = Math.round(performance.now());
}).observe(document, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["data-at"],
});

/** How many different places the driver is drawn at within so many milliseconds. @param {number} ms */
function glide(ms) {
  /** @type {Set<string>} */
  const places = new Set();
  const end = performance.now() + ms;
  return new Promise((resolve) => {
    const look = () => {
      const box = document.querySelector(".disc")?.getBoundingClientRect();
      if (box) places.add(`${box.x.toFixed(2)},${box.y.toFixed(2)}`);
      if (performance.now() < end) requestAnimationFrame(look);
      else resolve(places.size);
    };
    look();
  });
}

/** Texts whose contrast with what is behind them is under 4.5, or 3 for large ones. */
function faint() {
  /** @type {string[]} */
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (text === "" || parent === null || !parent.checkVisibility()) continue;
    if (parent.closest(".unseen, option") !== null) continue;
    const style = getComputedStyle(parent);
    const ratio = contrast(rgb(style.color), rgb(backgroundOf(parent)));
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`${text.slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return found;
}

/** @param {Element} element */
function backgroundOf(element) {
  for (let at = /** @type {Element | null} */ (element); at !== null; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (!/, 0\)$|transparent/.test(color)) return color;
  }
  return "rgb(255, 255, 255)";
}

/** @param {string} color */
function rgb(color) {
  return (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
function contrast(a, b) {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {number[]} parts */
function luminance(parts) {
  const [r = 0, g = 0, b = 0] = parts.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

Reflect.set(globalThis, "probe", { moves, shown, glide, faint });
