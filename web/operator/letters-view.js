// @ts-check
import { field } from "../shared/field.js";
import { clock, showAge } from "./ages.js";
import { ApiError } from "./api.js";
import { byId, element, write } from "./element.js";
import { showKeyed } from "./keyed.js";
import { toast } from "./toast.js";
import { plain, problemText, queueWord } from "./words.js";

/** @typedef {import("./api.js").Api} Api */
/** @typedef {import("./types.js").Letter} Letter */

/** What the queues gave up, in a window of its own. */
export class LettersView {
  #api;
  #onMoved;
  #dialog = byId("letters");

  /**
   * @param {Api} api
   * @param {{ onMoved: () => void }} options
   */
  constructor(api, { onMoved }) {
    this.#api = api;
    this.#onMoved = onMoved;
    byId("letters-button").addEventListener("click", () => void this.open());
    byId("letters-close").addEventListener("click", () => this.#window.close());
  }

  async open() {
    if (await this.#load()) this.#window.showModal();
  }

  get #window() {
    if (this.#dialog instanceof HTMLDialogElement) return this.#dialog;
    throw new Error("The page has no window for letters");
  }

  async #load() {
    try {
      const answer = await this.#api.get("dead-letters");
      this.#show(/** @type {Letter[]} */ (field(answer, "letters")));
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(problemText(error.code), { isBad: true });
      return false;
    }
  }

  /** @param {Letter[]} letters */
  #show(letters) {
    byId("no-letters").hidden = letters.length > 0;
    byId("letters-table").hidden = letters.length === 0;
    write(byId("letters-count"), String(letters.length));
    showKeyed(byId("letter-rows"), letters, {
      key: ({ queue, id }) => `${queue}:${id}`,
      make: (letter) => this.#make(letter),
      update: () => {},
    });
  }

  /** @param {Letter} letter */
  #make(letter) {
    const { queue, kind, to, error_code, error_detail, attempts, created_at, is_expired } = letter;
    const why = [error_code, error_detail].filter((part) => part !== null).join(" · ");
    const name = `${queueWord(queue)}: ${plain(kind)}`;
    return element(
      "tr",
      {},
      element("th", { attributes: { scope: "row" } }, name, element("small", { text: to ?? "" })),
      element("td", { text: why === "" ? "No reason known" : why }),
      element("td", { class: "number", text: String(attempts) }),
      element(
        "td",
        { attributes: { title: clock(created_at) } },
        showAge(element("time"), { since: created_at, say: "ago" }),
      ),
      element(
        "td",
        { class: "buttons" },
        element("button", {
          text: "Retry",
          attributes: {
            type: "button",
            disabled: is_expired,
            title: is_expired ? "Not worth sending any more" : null,
            "aria-label": `Retry ${name}`,
          },
          on: { click: () => void this.#move("retry", letter) },
        }),
        element("button", {
          class: "plain",
          text: "Drop",
          attributes: { type: "button", "aria-label": `Drop ${name}` },
          on: { click: () => void this.#move("drop", letter) },
        }),
      ),
    );
  }

  /**
   * @param {"retry" | "drop"} action
   * @param {Letter} letter
   */
  async #move(action, { queue, id, kind }) {
    try {
      await this.#api.post(`dead-letters/${action}`, { queue, id });
      toast(action === "retry" ? `Queued again: ${plain(kind)}` : `Dropped: ${plain(kind)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(problemText(error.code), { isBad: true });
    }
    this.#onMoved();
    await this.#load();
  }
}
