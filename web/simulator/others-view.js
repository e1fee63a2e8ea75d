// @ts-check
import { element } from "./element.js";
import { addressOf } from "./phones.js";

/** @typedef {import("./types.js").Phone} Phone */
/** @typedef {import("./store.js").Store} Store */

/**
 * Names those who were written to and have no phone on the screen, and gives them one.
 * @param {HTMLElement} node
 * @param {Store} store
 * @param {(phone: Phone) => void} show
 */
export function showOthers(node, store, show) {
  const list = element("ul");
  const label = element("summary");
  const details = element("details", {}, label, list);
  node.append(details);
  const update = () => {
    const others = store.others();
    details.hidden = others.length === 0;
    label.textContent = others.length === 1
      ? "1 more phone got messages"
      : `${others.length} more phones got messages`;
    list.replaceChildren(
      ...others.slice(-30).map(({ person, messages }) => {
        const name = person.name ?? addressOf(person);
        const open = (/** @type {"passenger" | "driver"} */ role) => () => {
          const { phone, whatsapp_user_id } = person;
          const at = store.phones.find((other) => other.role === role)?.at ??
            { lat: -1.95, lng: 30.09 };
          /** @type {Phone} */
          const opened = {
            id: crypto.randomUUID(),
            role,
            name: person.name,
            phone,
            whatsapp_user_id,
            at: { ...at },
          };
          details.open = false;
          store.addPhone(opened);
          show(opened);
        };
        return element(
          "li",
          {},
          element("b", { text: name }),
          element("small", { text: messages === 1 ? "1 message" : `${messages} messages` }),
          opener("As driver", open("driver")),
          opener("As passenger", open("passenger")),
        );
      }),
    );
  };
  store.listen({ others: update, phones: update });
  update();
}

/**
 * @param {string} text
 * @param {() => void} click
 */
function opener(text, click) {
  return element("button", { text, attributes: { type: "button" }, on: { click } });
}
