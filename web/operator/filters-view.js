// @ts-check
import { byId, element, write } from "./element.js";
import { KINDS } from "./store.js";
import { statusWord } from "./words.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").Kind} Kind */

/** What is shown: kinds to switch on and off, a vehicle, an area, a text. */
export class FiltersView {
  #store;
  /** @type {Map<Kind, { button: HTMLElement, count: HTMLElement }>} */
  #kinds = new Map();
  #isFilled = false;

  /**
   * @param {Store} store
   * @param {{ onNarrow: () => void }} options Another vehicle or area has to be asked for.
   */
  constructor(store, { onNarrow }) {
    this.#store = store;
    for (const kind of KINDS) this.#addKind(kind);
    for (const name of /** @type {const} */ (["vehicle_type", "area"])) {
      const select = byId(name);
      select.addEventListener("change", () => {
        if (select instanceof HTMLSelectElement) store.filter[name] = select.value;
        store.changed();
        onNarrow();
      });
    }
    const search = byId("search");
    search.addEventListener("input", () => {
      if (search instanceof HTMLInputElement) store.filter.text = search.value;
      store.changed();
    });
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target instanceof HTMLElement &&
        event.target.closest("input, textarea, select, dialog") !== null;
      if (event.key !== "/" || isTyping) return;
      event.preventDefault();
      search.focus();
    });
  }

  show() {
    const { city, overview, filter } = this.#store;
    if (city !== null && !this.#isFilled) {
      this.#isFilled = true;
      offer("vehicle_type", city.vehicle_types);
      offer("area", city.areas);
    }
    for (const [kind, { button, count }] of this.#kinds) {
      button.setAttribute("aria-pressed", String(filter.kinds.has(kind)));
      write(count, overview === null ? "" : String(countOf(kind, overview)));
    }
  }

  /** @param {Kind} kind */
  #addKind(kind) {
    const count = element("b");
    const button = element(
      "button",
      {
        class: `kind ${kind}`,
        attributes: { type: "button", "aria-pressed": "true", title: "Alt and click: this alone" },
        on: {
          click: (event) => {
            this.#toggle(kind, event instanceof MouseEvent && event.altKey);
          },
        },
      },
      element("i", { attributes: { "aria-hidden": "true" } }),
      element("span", { text: statusWord(kind) }),
      count,
    );
    this.#kinds.set(kind, { button, count });
    byId("kinds").append(button);
  }

  /**
   * @param {Kind} kind
   * @param {boolean} alone
   */
  #toggle(kind, alone) {
    const { kinds } = this.#store.filter;
    if (alone) {
      const isAlone = kinds.size === 1 && kinds.has(kind);
      kinds.clear();
      for (const one of isAlone ? KINDS : [kind]) kinds.add(one);
    } else if (!kinds.delete(kind)) kinds.add(kind);
    this.#store.changed();
  }
}

/**
 * @param {string} id
 * @param {readonly { code: string, name: string }[]} options
 */
function offer(id, options) {
  byId(id).append(...options.map(({ code, name }) => new Option(name, code)));
}

/**
 * @param {Kind} kind
 * @param {import("./types.js").Overview} overview
 */
function countOf(kind, { counts, offers }) {
  if (kind === "waiting") return counts.waiting;
  if (kind === "offered") return offers.length;
  if (kind === "available") {
    return Object.values(counts.available).reduce((sum, count) => sum + count, 0);
  }
  return counts.rides[kind];
}
