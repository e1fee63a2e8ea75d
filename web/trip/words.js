// @ts-check
import { words as en } from "./words/en.js";

/** @typedef {keyof typeof en} WordKey */
/** @typedef {Readonly<Record<WordKey, string>>} Catalogue */
/** @typedef {"en" | "fr" | "rw" | "sw"} Locale */

/** The languages of the page, each by its own name. @type {Readonly<Record<Locale, string>>} */
export const LANGUAGES = { en: "English", fr: "Français", rw: "Ikinyarwanda", sw: "Kiswahili" };

const LOADERS = {
  en: () => ({ words: en }),
  fr: () => import("./words/fr.js"),
  rw: () => import("./words/rw.js"),
  sw: () => import("./words/sw.js"),
};
/** Browsers know no numbers of Kinyarwanda; they are written as in English. */
const NUMBERS = { en: "en", fr: "fr", rw: "en", sw: "sw" };
const KEPT = "trip-language";

/** What speaks one language, as the chat does. */
export class Words {
  /** @type {Catalogue} */
  #catalogue;
  /** @type {string} */
  #numbers;

  /**
   * @param {Locale} locale
   * @param {Catalogue} catalogue
   */
  constructor(locale, catalogue) {
    this.locale = locale;
    this.#catalogue = catalogue;
    this.#numbers = NUMBERS[locale];
  }

  /**
   * The text of a key, its values filled in.
   * @param {WordKey} key
   * @param {Record<string, string | number>} [values]
   * @returns {string}
   */
  say(key, values = {}) {
    const text = this.#catalogue[key]
      .replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
    // Signs that French sets apart stay on the line of their word.
    return this.locale === "fr" ? text.replace(/ (?=[:;!?»])|(?<=«) /g, "\u00A0") : text;
  }

  /**
   * Whether there is such a text.
   * @param {string} key
   * @returns {key is WordKey}
   */
  has(key) {
    return key in this.#catalogue;
  }

  /**
   * Metres as people say them: "350 m", "5.2 km".
   * @param {number} metres
   */
  distance(metres) {
    const rounded = Math.max(10, Math.round(metres / 10) * 10);
    if (rounded < 1000) return this.say("metres", { n: rounded });
    const km = metres / 1000;
    return this.say("kilometres", {
      n: this.#number(km < 9.95 ? Math.round(km * 10) / 10 : Math.round(km)),
    });
  }

  /**
   * How long ago something was: "40 s", "4 min", "1 h 20 min".
   * @param {number} seconds
   */
  age(seconds) {
    return seconds < 60
      ? this.#count("seconds", Math.floor(seconds))
      : this.#minutes(Math.floor(seconds / 60));
  }

  /**
   * Seconds in minutes, at least one.
   * @param {number} seconds
   */
  duration(seconds) {
    return this.#minutes(Math.max(1, Math.round(seconds / 60)));
  }

  /** @param {number} minutes */
  #minutes(minutes) {
    if (minutes < 60) return this.#count("minutes", minutes);
    const hours = this.#count("hours", Math.floor(minutes / 60));
    if (minutes % 60 === 0) return hours;
    return this.say("hours_minutes", { hours, minutes: this.#count("minutes", minutes % 60) });
  }

  /**
   * Whole units of a currency: "RWF 1,450".
   * @param {number} amount
   * @param {string | null | undefined} currency
   */
  money(amount, currency) {
    const style = currency ? { style: /** @type {const} */ ("currency"), currency } : {};
    return this.#number(amount, { ...style, maximumFractionDigits: 0 });
  }

  /**
   * An average of stars: "4.8".
   * @param {number} average
   */
  rating(average) {
    return this.#number(average, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }

  /**
   * The time of day: "18:30".
   * @param {number} moment Milliseconds since 1970.
   */
  clock(moment) {
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(moment);
  }

  /**
   * @param {"seconds" | "minutes" | "hours"} unit
   * @param {number} n
   */
  #count(unit, n) {
    return this.say(n === 1 ? `${unit}_one` : unit, { n });
  }

  /**
   * @param {number} value
   * @param {Intl.NumberFormatOptions} [options]
   */
  #number(value, options) {
    return new Intl.NumberFormat(this.#numbers, options).format(value).replace(/\u202F/g, "\u00A0");
  }
}

/** The language that is always there. */
export const english = new Words("en", en);

/**
 * Loads a language; null when it does not come.
 * @param {Locale} locale
 * @returns {Promise<Words | null>}
 */
export async function loadWords(locale) {
  try {
    const { words } = await LOADERS[locale]();
    return new Words(locale, words);
  } catch {
    return null;
  }
}

/**
 * The language to begin with: the one that was chosen here before, or else that of the browser.
 * @returns {Locale}
 */
export function firstLocale() {
  return [keptLocale(), ...navigator.languages].map(nearest).find((locale) => locale !== null) ??
    "en";
}

/**
 * What the reader chose here before. @returns {string | null}
 */
export function keptLocale() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    // A browser that keeps nothing.
    return null;
  }
}

/**
 * Remembers the reader's choice.
 * @param {Locale} locale
 */
export function keepLocale(locale) {
  try {
    localStorage.setItem(KEPT, locale);
  } catch {
    // The page asks again the next time.
  }
}

/**
 * The language of the page for a tag such as "fr-CD"; null for one it does not speak.
 * @param {string | null} tag
 * @returns {Locale | null}
 */
export function nearest(tag) {
  const language = (tag ?? "").slice(0, 2).toLowerCase();
  return isLocale(language) ? language : null;
}

/**
 * @param {string} text
 * @returns {text is Locale}
 */
function isLocale(text) {
  return Object.keys(LANGUAGES).includes(text);
}
