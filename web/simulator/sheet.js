// @ts-check
import { element } from "./element.js";
import { icon } from "./icons.js";

/** @typedef {{ title: string, description?: string, id?: string, pick: () => void }} Choice */
/** @typedef {{ title?: string, choices: Choice[] }} Section */

let sheets = 0;

/**
 * Opens a sheet over the lower part of a phone, to choose one thing from; it closes by itself.
 * @param {HTMLElement} screen
 * @param {{ title: string, sections: Section[] }} options
 */
export function openSheet(screen, { title, sections }) {
  const before = document.activeElement;
  const name = `sheet-${++sheets}`;
  const close = () => {
    backdrop.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
  const rows = sections.flatMap((section) => [
    ...(section.title === undefined ? [] : [element("h4", { text: section.title })]),
    ...section.choices.map((choice) =>
      element(
        "button",
        {
          class: "choice",
          attributes: {
            type: "button",
            ...(choice.id === undefined ? {} : { "data-id": choice.id }),
          },
          on: {
            click: () => {
              close();
              choice.pick();
            },
          },
        },
        element("span", { text: choice.title }),
        ...(choice.description === undefined
          ? []
          : [element("small", { text: choice.description })]),
      )
    ),
  ]);
  const closer = element("button", {
    class: "round",
    attributes: { type: "button", "aria-label": "Close" },
    on: { click: close },
  }, icon("close"));
  const sheet = element(
    "div",
    { class: "sheet", attributes: { role: "dialog", "aria-labelledby": name } },
    element("header", {}, closer, element("h3", { text: title, attributes: { id: name } })),
    element("div", { class: "choices" }, ...rows),
  );
  const backdrop = element("div", { class: "backdrop" }, sheet);
  backdrop.addEventListener("click", (event) => {
    if (event.target === backdrop) close();
  });
  backdrop.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event, sheet);
  });
  screen.querySelector(".backdrop")?.remove();
  screen.append(backdrop);
  const first = sheet.querySelector(".choice");
  (first instanceof HTMLElement ? first : closer).focus();
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} sheet
 */
function keepInside(event, sheet) {
  const buttons = [...sheet.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  const next = buttons.at((at + (event.shiftKey ? -1 : 1)) % buttons.length);
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
