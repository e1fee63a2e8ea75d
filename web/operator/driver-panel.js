// @ts-check
import { serverNow, showAge } from "./ages.js";
import { element } from "./element.js";
import { actionButton, panelHead, panelNote } from "./panel-parts.js";
import { nameOr, plain } from "./words.js";

/** @typedef {import("./actions.js").Actions} Actions */
/** @typedef {import("./types.js").FreeDriver} FreeDriver */

/**
 * A driver who is free; null when not any more.
 * @param {FreeDriver | null} driver
 * @param {Actions} actions
 * @returns {{ nodes: Node[], said: string }}
 */
export function driverPanel(driver, actions) {
  if (driver === null) {
    return { nodes: [panelNote("This driver is not free any more.")], said: "over" };
  }
  const { position_age_s, ...said } = driver;
  const nodes = [
    panelHead({
      title: nameOr(driver.name, "Driver"),
      status: driver.is_offered ? "offered" : "available",
      age: null,
    }),
    element("p", {
      class: "seen",
      text: [plain(driver.vehicle_type), driver.plate].filter((part) => part !== null).join(" · "),
    }),
    element(
      "p",
      { class: "seen" },
      "Seen ",
      showAge(element("time"), { since: serverNow() - position_age_s * 1000, say: "ago" }),
      driver.trust < 1 ? `; positions trusted to ${Math.round(driver.trust * 100)}%` : "",
    ),
    element(
      "div",
      { class: "acts" },
      actionButton("Take offline", {
        focus: "offline",
        isGrave: true,
        onClick: () => actions.takeOffline(driver),
      }),
    ),
  ];
  return { nodes, said: JSON.stringify(said) };
}
