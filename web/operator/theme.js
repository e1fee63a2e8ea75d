// @ts-check
import { byId } from "./element.js";

const STORED_AS = "mobility-operator-theme";
/** @type {Readonly<Record<string, string>>} */
const NEXT = { auto: "dark", dark: "light", light: "auto" };
/** @type {Readonly<Record<string, string>>} */
const NAMES = { auto: "Colours: as the system", dark: "Colours: dark", light: "Colours: light" };

/** Dark, light, or as the system has it; kept on this machine. */
export function offerThemes() {
  const button = byId("theme");
  let theme = localStorage.getItem(STORED_AS) ?? "auto";
  if (NEXT[theme] === undefined) theme = "auto";
  const show = () => {
    document.documentElement.dataset["theme"] = theme;
    button.setAttribute("aria-label", NAMES[theme] ?? "");
    button.title = NAMES[theme] ?? "";
  };
  button.addEventListener("click", () => {
    theme = NEXT[theme] ?? "auto";
    localStorage.setItem(STORED_AS, theme);
    show();
  });
  show();
}
