// @ts-check
import { act } from "./api.js";
import { bubble } from "./bubble.js";
import { composer } from "./composer.js";
import { element } from "./element.js";
import { describe, placesNear, readable } from "./geography.js";
import { icon } from "./icons.js";
import { addressOf, nameOf } from "./phones.js";
import { PLACES } from "./places.js";
import { openSheet } from "./sheet.js";
import { toast } from "./toast.js";

/** @typedef {import("./types.js").Content} Content */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./store.js").Store} Store */

/** WhatsApp takes the indicator away after 25 s. */
const TYPING_MS = 25_000;
const NEARBY_PLACES = 12;

/** One phone: its owner, and the conversation with the business. */
export class PhoneView {
  /** @type {HTMLElement} */
  node;
  /** @type {Phone} */
  #phone;
  /** @type {Store} */
  #store;
  /** @type {Map<string, { node: HTMLLIElement, update: () => void }>} */
  #bubbles = new Map();
  #chat = element("ol", {
    class: "chat",
    attributes: { role: "log", tabindex: 0, "aria-label": "Conversation" },
  });
  #presence = element("small", { class: "presence", text: "business account" });
  #where = element("span", { class: "where" });
  #screen = element("div", { class: "screen" });
  #composer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typingTimer;

  /**
   * @param {Phone} phone
   * @param {Store} store
   */
  constructor(phone, store) {
    this.#phone = phone;
    this.#store = store;
    this.#composer = composer({
      say: (text) => this.#do({ kind: "text", text }),
      pin: () => this.#choosePlace(),
      card: () => this.#chooseCard(),
    });
    this.#screen.append(this.#header(), this.#chat, this.#composer.node);
    this.node = element(
      "article",
      { class: "phone", attributes: { "aria-label": `${this.#name()}'s phone` } },
      this.#owner(),
      element("div", { class: "device" }, this.#screen),
    );
    this.rebuild();
    this.moved();
  }

  /** Shows everything that was said, from the beginning. */
  rebuild() {
    this.#bubbles.clear();
    this.#chat.replaceChildren(
      element("li", {
        class: "note",
        text: "A simulated WhatsApp: messages stay on this machine.",
      }),
    );
    this.showTyping(false);
    this.#composer.showGreetings(true);
    for (const item of this.#store.items(this.#phone)) this.show(item);
  }

  /**
   * Shows a message, or how far it has come.
   * @param {Item} item
   */
  show(item) {
    const shown = this.#bubbles.get(item.id);
    if (shown !== undefined) return shown.update();
    const made = bubble(item, {
      tap: ({ id, title }) => this.#do({ kind: "reply", id, title }),
      choose: ({ action }) =>
        openSheet(this.#screen, {
          title: action.button,
          sections: action.sections.map(({ title, rows }) => ({
            ...(title === undefined ? {} : { title }),
            choices: rows.map((row) => ({
              ...row,
              pick: () => this.#do({ kind: "reply", id: row.id, title: row.title }),
            })),
          })),
        }),
      sendLocation: () => this.#do({ kind: "location", ...this.#phone.at }, item.id),
    });
    this.#bubbles.set(item.id, made);
    this.#chat.append(made.node);
    if (item.message !== undefined) this.showTyping(false);
    this.#composer.showGreetings(false);
    this.scrollDown();
  }

  /** @param {boolean} isTyping */
  showTyping(isTyping) {
    clearTimeout(this.#typingTimer);
    this.#presence.textContent = isTyping ? "typing…" : "business account";
    this.#presence.classList.toggle("typing", isTyping);
    if (isTyping) this.#typingTimer = setTimeout(() => this.showTyping(false), TYPING_MS);
  }

  /** The phone is somewhere else. */
  moved() {
    this.#where.textContent = describe(this.#phone.at);
  }

  scrollDown() {
    this.#chat.scrollTop = this.#chat.scrollHeight;
  }

  #header() {
    return element(
      "header",
      { class: "chat-head" },
      icon("back"),
      element("span", { class: "logo", text: "M", attributes: { "aria-hidden": true } }),
      element(
        "span",
        { class: "who" },
        element("b", {}, "Mobility", element("span", { class: "verified" }, icon("check"))),
        this.#presence,
      ),
    );
  }

  #owner() {
    const places = element(
      "select",
      {
        attributes: { "aria-label": `Move ${this.#name()} to`, title: "Move to a place" },
        on: {
          change: () => {
            const place = PLACES[Number(places.value)];
            places.value = "";
            if (place === undefined) return;
            this.#store.place(this.#phone, { lat: place.lat, lng: place.lng });
          },
        },
      },
      element("option", { text: "Move…", attributes: { value: "" } }),
      ...PLACES.map(({ name }, index) =>
        element("option", { text: name, attributes: { value: index } })
      ).sort((a, b) => a.text.localeCompare(b.text)),
    );
    return element(
      "header",
      { class: "owner" },
      element(
        "span",
        {},
        element("b", { text: this.#name() }),
        element("small", { text: addressOf(this.#phone) }),
      ),
      element("span", { class: "at" }, icon("pin"), this.#where),
      places,
    );
  }

  #name() {
    return nameOf(this.#phone);
  }

  #choosePlace() {
    const { at } = this.#phone;
    openSheet(this.#screen, {
      title: "Send location",
      sections: [
        {
          choices: [{
            title: "Send your current location",
            description: describe(at),
            pick: () => this.#do({ kind: "location", ...at }),
          }],
        },
        {
          title: "Places near you",
          choices: placesNear(at).slice(0, NEARBY_PLACES).map(({ place, metres }) => ({
            title: place.name,
            description: readable(metres),
            pick: () => {
              const { name, lat, lng } = place;
              this.#do({ kind: "location", lat, lng, name });
            },
          })),
        },
      ],
    });
  }

  #chooseCard() {
    const others = this.#store.phones.filter((phone) => phone !== this.#phone);
    openSheet(this.#screen, {
      title: "Send a contact",
      sections: [{
        choices: others.flatMap(({ name, phone }) =>
          name === null || phone === null ? [] : [{
            title: name,
            description: addressOf({ phone, whatsapp_user_id: null }),
            pick: () => {
              this.#do({ kind: "contacts", contacts: [{ name, phone: `+${phone}` }] });
            },
          }]
        ),
      }],
    });
  }

  /**
   * @param {Content} content
   * @param {string} [context]
   */
  async #do(content, context) {
    try {
      await act(this.#phone, content, { context });
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  }
}
