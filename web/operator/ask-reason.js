// @ts-check
import { byId, element, write } from "./element.js";

const MOST_CHARACTERS = 300;

/**
 * Asks whether to do something, and why.
 * @param {{ title: string, text: string, confirm: string, isGrave?: boolean, reasons: readonly string[] }} question
 * @returns {Promise<string | null>} The reason; null when it is not to be done.
 */
export function askReason({ title, text, confirm, isGrave = false, reasons }) {
  const dialog = byId("ask");
  const yes = byId("ask-yes");
  const more = byId("ask-more");
  if (!(dialog instanceof HTMLDialogElement) || !(more instanceof HTMLInputElement)) {
    throw new Error("The page has no question");
  }
  write(byId("ask-title"), title);
  write(byId("ask-text"), text);
  write(yes, confirm);
  yes.classList.toggle("grave", isGrave);
  more.value = "";
  const options = reasons.map((reason) =>
    element("input", { attributes: { type: "radio", name: "reason", value: reason } })
  );
  byId("ask-reasons").replaceChildren(
    ...options.map((option, i) =>
      element("label", {}, option, element("span", { text: reasons[i] ?? "" }))
    ),
  );
  const reason = () => {
    const chosen = options.find((option) => option.checked)?.value ?? "";
    return [chosen, more.value.trim()].filter((part) => part !== "").join(": ")
      .slice(0, MOST_CHARACTERS);
  };
  const check = () => yes.toggleAttribute("disabled", reason() === "");
  check();
  return new Promise((resolve) => {
    const done = new AbortController();
    const { signal } = done;
    /** @param {string | null} answer */
    const close = (answer) => {
      done.abort();
      dialog.close();
      resolve(answer);
    };
    dialog.addEventListener("input", check, { signal });
    dialog.addEventListener("cancel", () => close(null), { signal });
    byId("ask-no").addEventListener("click", () => close(null), { signal });
    byId("ask-form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (reason() !== "") close(reason());
    }, { signal });
    dialog.showModal();
    options[0]?.focus();
  });
}
