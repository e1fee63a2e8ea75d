// @ts-check
import { showAge } from "./ages.js";
import { Chime } from "./chime.js";
import { icon } from "../shared/icon.js";
import { byId, element, write } from "./element.js";
import { showKeyed } from "./keyed.js";
import { nameOr, statusWord } from "./words.js";

/** @typedef {import("./types.js").Alert} Alert */

/** Calls for help that nobody has taken up, above everything else. */
export class SosView {
  #actions;
  #chime = new Chime();
  #said = new Set();

  /** @param {{ onShow: (alert: Alert) => void, onTake: (alert: Alert) => void }} actions */
  constructor(actions) {
    this.#actions = actions;
    const mute = byId("mute");
    const show = () => {
      mute.setAttribute("aria-pressed", String(this.#chime.isMuted));
      mute.title = this.#chime.isMuted ? "The bell is off" : "The bell rings every 20 s";
    };
    mute.addEventListener("click", () => {
      this.#chime.mute(!this.#chime.isMuted);
      show();
    });
    show();
  }

  /** @param {Alert[]} alerts */
  show(alerts) {
    const open = alerts.filter(({ acknowledged_at }) => acknowledged_at === null);
    byId("sos").hidden = open.length === 0;
    showKeyed(byId("alerts"), open, {
      key: ({ alert_id }) => alert_id,
      make: (alert) => this.#make(alert),
      update: (node, alert) => {
        const state = node.querySelector(".ride-state");
        if (state !== null) write(state, statusWord(alert.match_status).toLowerCase());
      },
    });
    this.#announce(open);
    this.#chime.show(open.map(({ alert_id }) => alert_id));
    document.title = open.length === 0 ? "Operations" : `(SOS ${open.length}) Operations`;
  }

  /** Reads a new call aloud, once. @param {Alert[]} open */
  #announce(open) {
    for (const alert of open) {
      if (this.#said.has(alert.alert_id)) continue;
      this.#said.add(alert.alert_id);
      write(byId("urgent"), `SOS from ${nameOr(alert.name, `a ${alert.side}`)}`);
    }
  }

  /** @param {Alert} alert */
  #make(alert) {
    const caller = nameOr(alert.name, `The ${alert.side}`);
    const other = alert.side === "driver" ? "passenger" : "driver";
    return element(
      "li",
      { class: "alert" },
      element("span", { class: "mark", text: "SOS" }),
      element(
        "p",
        {},
        element("strong", { text: caller }),
        ` (${alert.side}) with ${nameOr(alert.other_name, `the ${other}`)}`,
        alert.plate === null ? "" : `, ${alert.plate}`,
        ", ",
        element("span", { class: "ride-state" }),
        " · ",
        showAge(element("time"), { since: alert.created_at, say: "ago" }),
      ),
      call(alert.phone, `Call ${caller}`),
      call(alert.other_phone, `Call the ${other}`),
      element("button", {
        class: "plain",
        text: "Show",
        attributes: { type: "button" },
        on: { click: () => this.#actions.onShow(alert) },
      }),
      element("button", {
        class: "take",
        text: "I’m on it",
        attributes: { type: "button" },
        on: { click: () => this.#actions.onTake(alert) },
      }),
    );
  }
}

/**
 * A link that calls; null without a number.
 * @param {string | null} phone
 * @param {string} text
 */
export function call(phone, text) {
  if (phone === null) return null;
  return element(
    "a",
    { class: "call", attributes: { href: `tel:${phone}`, title: phone } },
    icon("phone"),
    text,
  );
}
