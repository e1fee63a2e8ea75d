// @ts-check
import { element } from "./element.js";
import { icon } from "./icons.js";
import { nameOf, newPhone } from "./phones.js";
import { PhoneView } from "./phone-view.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./store.js").Store} Store */

/** The phones of one role: one is seen, the others are tabs. */
export class SideView {
  /** @type {HTMLElement} */
  #node;
  /** @type {"passenger" | "driver"} */
  #role;
  /** @type {Store} */
  #store;
  /** @type {(phone: Phone) => void} */
  #onShow;
  #tabs = element("div", { class: "tabs" });
  #stage = element("div", { class: "stage" });
  /** @type {Map<Phone, { view: PhoneView, tab: HTMLElement, unread: number }>} */
  #views = new Map();
  /** @type {Phone | undefined} */
  #shown;

  /**
   * @param {HTMLElement} node
   * @param {{ role: "passenger" | "driver", store: Store, onShow: (phone: Phone) => void }} options
   */
  constructor(node, { role, store, onShow }) {
    this.#node = node;
    this.#role = role;
    this.#store = store;
    this.#onShow = onShow;
    const adder = element(
      "button",
      {
        class: "add",
        attributes: { type: "button", "aria-label": `Add a ${role}'s phone` },
        on: { click: () => this.#add() },
      },
      icon("add"),
      "Add a phone",
    );
    this.#tabs.setAttribute("role", "group");
    this.#tabs.setAttribute("aria-label", `Phones of ${role}s`);
    node.append(element("div", { class: "shelf" }, this.#tabs, adder), this.#stage);
    store.listen({
      item: (phone, item) => this.#item(phone, item),
      typing: (phone, isTyping) => this.#views.get(phone)?.view.showTyping(isTyping),
      phones: () => this.#sync(),
      reset: () => {
        for (const { view } of this.#views.values()) view.rebuild();
      },
    });
    this.#sync();
  }

  /**
   * Brings a phone to the front.
   * @param {Phone} phone
   */
  show(phone) {
    const entry = this.#views.get(phone);
    if (entry === undefined) return;
    this.#shown = phone;
    entry.unread = 0;
    this.#stage.replaceChildren(entry.view.node);
    entry.view.scrollDown();
    for (const [other, { tab }] of this.#views) {
      tab.setAttribute("aria-pressed", String(other === phone));
    }
    this.#badge(entry);
    this.#onShow(phone);
  }

  #add() {
    const near = this.#shown?.at ?? { lat: -1.9547, lng: 30.0936 };
    const phone = newPhone(this.#role, near);
    this.#store.addPhone(phone);
    this.show(phone);
  }

  #sync() {
    const phones = this.#store.phones.filter(({ role }) => role === this.#role);
    for (const [phone, { view, tab }] of this.#views) {
      view.moved();
      if (phones.includes(phone)) continue;
      tab.parentElement?.remove();
      this.#views.delete(phone);
    }
    for (const phone of phones) {
      if (!this.#views.has(phone)) this.#open(phone);
    }
    this.#node.classList.toggle("many", phones.length > 1);
    const [first] = phones;
    const isGone = this.#shown === undefined || !this.#views.has(this.#shown);
    if (isGone && first !== undefined) this.show(first);
  }

  /** @param {Phone} phone */
  #open(phone) {
    const name = nameOf(phone);
    const tab = element("button", {
      class: "tab",
      attributes: { type: "button" },
      on: { click: () => this.show(phone) },
    }, name.split(" ")[0] ?? name);
    const closer = element("button", {
      class: "close",
      attributes: { type: "button", "aria-label": `Take ${name}'s phone away` },
      on: { click: () => this.#store.removePhone(phone) },
    }, icon("close"));
    this.#tabs.append(element("span", {}, tab, closer));
    this.#views.set(phone, { view: new PhoneView(phone, this.#store), tab, unread: 0 });
  }

  /**
   * @param {Phone} phone
   * @param {Item} item
   */
  #item(phone, item) {
    const entry = this.#views.get(phone);
    if (entry === undefined) return;
    const isNews = item.message !== undefined && item.status === undefined;
    if (isNews && phone !== this.#shown) entry.unread++;
    this.#badge(entry);
    entry.view.show(item);
  }

  /** @param {{ tab: HTMLElement, unread: number }} entry */
  #badge({ tab, unread }) {
    tab.dataset["unread"] = unread === 0 ? "" : String(unread);
  }
}
