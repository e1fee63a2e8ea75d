// @ts-check
import { element } from "./element.js";
import { icon } from "./icons.js";

/** What people begin with, in the four languages. */
const GREETINGS = [
  { text: "Hi", language: "English", lang: "en" },
  { text: "Bonjour", language: "Français", lang: "fr" },
  { text: "Muraho", language: "Kinyarwanda", lang: "rw" },
  { text: "Habari", language: "Kiswahili", lang: "sw" },
];

/**
 * Where a person writes.
 * @param {{ say: (text: string) => void, pin: () => void, card: () => void }} actions
 * @returns {{ node: HTMLElement, showGreetings: (isEmpty: boolean) => void }}
 */
export function composer({ say, pin, card }) {
  const input = element("input", {
    attributes: {
      type: "text",
      placeholder: "Message",
      "aria-label": "Message",
      autocomplete: "off",
      maxlength: 4096,
      enterkeyhint: "send",
    },
  });
  const greetings = element(
    "div",
    { class: "greetings", attributes: { role: "group", "aria-label": "Say hello" } },
    ...GREETINGS.map(({ text, language, lang }) =>
      element(
        "button",
        { attributes: { type: "button" }, on: { click: () => say(text) } },
        element("span", { text, attributes: { lang } }),
        element("small", { text: language }),
      )
    ),
  );
  const form = element(
    "form",
    { class: "composer" },
    tool("pin", "Share a location", pin),
    tool("card", "Share a contact", card),
    input,
    element("button", {
      class: "round send",
      attributes: { type: "submit", "aria-label": "Send" },
    }, icon("send")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    input.value = "";
    if (text !== "") say(text);
  });
  return {
    node: element("div", { class: "write" }, greetings, form),
    showGreetings: (isEmpty) => {
      greetings.hidden = !isEmpty;
    },
  };
}

/**
 * @param {"pin" | "card"} picture
 * @param {string} label
 * @param {() => void} click
 * @returns {HTMLButtonElement}
 */
function tool(picture, label, click) {
  return element("button", {
    class: "round",
    attributes: { type: "button", "aria-label": label, title: label },
    on: { click },
  }, icon(picture));
}
