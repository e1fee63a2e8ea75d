// @ts-check
import { byId } from "./element.js";
import { driverPanel } from "./driver-panel.js";
import { ridePanel } from "./ride-panel.js";
import { tripPanel } from "./trip-panel.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./actions.js").Actions} Actions */

/** The side of the page that shows what is selected in full. */
export class PanelView {
  #store;
  #actions;
  #panel = byId("panel");
  #body = byId("panel-body");
  #shown = "";
  #withMessages = false;

  /**
   * @param {Store} store
   * @param {Actions} actions
   */
  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
    byId("panel-close").addEventListener("click", () => this.#close());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.querySelector("dialog[open]") === null) this.#close();
    });
  }

  show() {
    const { selection } = this.#store;
    document.body.classList.toggle("with-panel", selection !== null);
    this.#panel.hidden = selection === null;
    if (selection === null) return;
    const content = this.#content();
    // Positions and ages tick by themselves: only what is new is drawn anew.
    const said = `${selection.id} ${this.#withMessages} ${content.said}`;
    if (said === this.#shown) return;
    const isOther = !this.#shown.startsWith(selection.id);
    this.#shown = said;
    const focused = document.activeElement?.getAttribute("data-focus") ?? null;
    const top = this.#body.scrollTop;
    this.#body.replaceChildren(...content.nodes);
    this.#body.scrollTop = isOther ? 0 : top;
    const again = focused === null ? null : this.#body.querySelector(`[data-focus="${focused}"]`);
    if (again instanceof HTMLElement) again.focus();
    else if (isOther) byId("panel-title").focus();
  }

  /** @returns {{ nodes: Node[], said: string }} */
  #content() {
    const { selection, overview } = this.#store;
    if (selection?.kind === "ride") {
      return ridePanel(this.#store, this.#actions, {
        withMessages: this.#withMessages,
        onMessages: () => {
          this.#withMessages = !this.#withMessages;
          this.show();
        },
      });
    }
    if (selection?.kind === "trip") {
      const trip = overview?.trips.find(({ trip_id }) => trip_id === selection.id) ?? null;
      return tripPanel(trip, this.#store, this.#actions);
    }
    const driver = overview?.drivers.find(({ trip_id }) => trip_id === selection?.id) ?? null;
    return driverPanel(driver, this.#actions);
  }

  #close() {
    const { selection } = this.#store;
    if (selection === null) return;
    this.#store.select(null);
    // Back to the line it was opened from.
    const row = document.querySelector(`[data-key="${selection.kind}:${selection.id}"] .row`);
    if (row instanceof HTMLElement) row.focus();
  }
}
