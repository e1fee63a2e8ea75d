// @ts-check
import { savePhones } from "./phones.js";

/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./types.js").Person} Person */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Item} Item */

/**
 * Whoever wants to know of changes. An item comes again whenever it has changed.
 * @typedef {object} Listener
 * @property {(phone: Phone, item: Item) => void} [item]
 * @property {(phone: Phone, isTyping: boolean) => void} [typing]
 * @property {() => void} [reset]
 * @property {() => void} [phones] A phone came, went or was moved.
 * @property {() => void} [placed] A phone was put somewhere, perhaps out of sight.
 * @property {() => void} [others] Somebody who has no phone on the screen was written to.
 */

const RANK = { sent: 1, delivered: 2, read: 3, failed: 4 };

/** The phones on the screen, and what was said on them. */
export class Store {
  /** @type {Phone[]} */
  phones;
  /** @type {Map<string, Person>} */
  #people = new Map();
  /** Messages by person and id, in order. @type {Map<string, Map<string, Item>>} */
  #items = new Map();
  /** @type {Listener[]} */
  #listeners = [];

  /** @param {Phone[]} phones */
  constructor(phones) {
    this.phones = phones;
  }

  /** @param {Listener} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** @param {Entry} entry */
  add(entry) {
    if (entry.kind === "person") {
      this.#people.set(entry.person, entry.about);
      return;
    }
    const phone = this.#phoneOf(entry.person);
    if (entry.kind === "seen") {
      this.#see(entry);
      if (phone !== undefined) this.#tell((listener) => listener.typing?.(phone, entry.typing));
      return;
    }
    const item = this.#change(entry);
    if (item === undefined) return;
    if (phone === undefined) this.#tell((listener) => listener.others?.());
    else this.#tell((listener) => listener.item?.(phone, item));
  }

  reset() {
    this.#people.clear();
    this.#items.clear();
    this.#tell((listener) => listener.reset?.());
    this.#tell((listener) => listener.others?.());
  }

  /**
   * What was said on a phone, in order.
   * @param {Phone} phone
   * @returns {Item[]}
   */
  items(phone) {
    const person = [...this.#people.values()].find((one) => isSame(one, phone));
    return [...this.#items.get(person?.key ?? "")?.values() ?? []];
  }

  /**
   * Who was written to and has no phone on the screen, and how often.
   * @returns {{ person: Person, messages: number }[]}
   */
  others() {
    return [...this.#people.values()]
      .filter((person) => this.#phoneOf(person.key) === undefined)
      .map((person) => ({ person, messages: this.#items.get(person.key)?.size ?? 0 }))
      .filter(({ messages }) => messages > 0);
  }

  /** @param {Phone} phone */
  addPhone(phone) {
    this.phones.push(phone);
    this.phonesChanged();
    this.#tell((listener) => listener.others?.());
  }

  /** @param {Phone} phone */
  removePhone(phone) {
    this.phones = this.phones.filter((other) => other !== phone);
    this.phonesChanged();
    this.#tell((listener) => listener.others?.());
  }

  /**
   * Puts a phone somewhere else.
   * @param {Phone} phone
   * @param {import("./types.js").Point} at
   */
  place(phone, at) {
    phone.at = at;
    this.phonesChanged();
    this.#tell((listener) => listener.placed?.());
  }

  /** A phone was moved, or there is another one. */
  phonesChanged() {
    savePhones(this.phones);
    this.#tell((listener) => listener.phones?.());
  }

  /**
   * @param {Exclude<Entry, { kind: "person" | "seen" }>} entry
   * @returns {Item | undefined}
   */
  #change(entry) {
    const items = this.#items.get(entry.person) ?? new Map();
    this.#items.set(entry.person, items);
    const { message_id: id, at } = entry;
    if (entry.kind === "inbound") items.set(id, { id, at, content: entry.content, seen: false });
    if (entry.kind === "outbound") items.set(id, { id, at, message: entry.message, seen: false });
    /** @type {Item | undefined} */
    const item = items.get(id);
    if (item === undefined) return undefined;
    if (entry.kind === "webhook") item.webhook = entry.status;
    if (entry.kind === "status" && RANK[entry.status] > RANK[item.status ?? "sent"] - 1) {
      item.status = entry.status;
      if (entry.error_code !== undefined) item.errorCode = entry.error_code;
    }
    return item;
  }

  /**
   * A message that was read was read after those before it.
   * @param {Entry & { kind: "seen" }} entry
   */
  #see({ person, message_id }) {
    const phone = this.#phoneOf(person);
    for (const item of this.#items.get(person)?.values() ?? []) {
      if (item.content !== undefined && !item.seen) {
        item.seen = true;
        if (phone !== undefined) this.#tell((listener) => listener.item?.(phone, item));
      }
      if (item.id === message_id) return;
    }
  }

  /**
   * @param {string} key
   * @returns {Phone | undefined}
   */
  #phoneOf(key) {
    const person = this.#people.get(key);
    return person && this.phones.find((phone) => isSame(person, phone));
  }

  /** @param {(listener: Listener) => void} what */
  #tell(what) {
    for (const listener of this.#listeners) what(listener);
  }
}

/**
 * @param {Person} person
 * @param {Phone} phone
 * @returns {boolean}
 */
function isSame(person, phone) {
  return (phone.whatsapp_user_id !== null && person.whatsapp_user_id === phone.whatsapp_user_id) ||
    (phone.phone !== null && person.phone === phone.phone);
}
