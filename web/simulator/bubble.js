// @ts-check
import { element, svg } from "./element.js";
import { describe } from "./geography.js";
import { icon, ticks } from "./icons.js";
import { richText } from "./rich-text.js";

/** @typedef {import("./types.js").Content} Content */
/** @typedef {import("./types.js").Interactive} Interactive */
/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Row} Row */

/**
 * What can be done with a message.
 * @typedef {object} Actions
 * @property {(row: Row) => void} tap
 * @property {(list: Interactive & { type: "list" }) => void} choose
 * @property {() => void} sendLocation
 */

/**
 * A message as WhatsApp shows it; `update` shows how far it has come since.
 * @param {Item} item
 * @param {Actions} actions
 * @returns {{ node: HTMLLIElement, update: () => void }}
 */
export function bubble(item, actions) {
  const meta = element("span", { class: "meta" });
  const { message, content } = item;
  const mine = content !== undefined;
  const body = mine ? saidByPerson(content) : message === undefined ? [] : saidByBusiness(message);
  const card = element(
    "div",
    { class: "card" },
    element("span", { class: "unseen", text: mine ? "You: " : "Mobility: " }),
    ...body,
    meta,
  );
  const taps = message === undefined ? [] : tapsOf(message, actions);
  const node = element("li", { class: `bubble ${mine ? "out" : "in"}` }, card, ...taps);
  const update = () => showMeta(meta, item);
  update();
  return { node, update };
}

/**
 * @param {Content} content
 * @returns {Node[]}
 */
function saidByPerson(content) {
  switch (content.kind) {
    case "text":
      return [element("span", { class: "text" }, ...richText(content.text))];
    case "reply":
      return [element("span", { class: "text", text: content.title })];
    case "location":
      return place(content.lat, content.lng, content.name);
    case "contacts":
      return content.contacts.map(({ name, phone }) =>
        element(
          "span",
          { class: "contact" },
          icon("card"),
          element("b", { text: name }),
          element("small", { text: phone }),
        )
      );
    case "raw":
      return [element("code", { text: String(content.message["type"] ?? "raw") })];
  }
}

/**
 * @param {Message} message
 * @returns {Node[]}
 */
function saidByBusiness(message) {
  switch (message.type) {
    case "text":
      return [element("span", { class: "text" }, ...richText(message.text.body))];
    case "location": {
      const { latitude, longitude, name } = message.location;
      return place(Number(latitude), Number(longitude), name);
    }
    case "template": {
      const { name, language, components = [] } = message.template;
      const words = components.filter(({ type }) => type !== "button")
        .flatMap(({ parameters }) => parameters.map(({ text = "" }) => text));
      return [
        element("small", { class: "template", text: `Template ${name} (${language.code})` }),
        element("span", { class: "text", text: words.join(" · ") }),
      ];
    }
    case "interactive": {
      const { header, body, footer } = message.interactive;
      return [
        ...(header === undefined ? [] : [element("b", { class: "head", text: header.text })]),
        element("span", { class: "text" }, ...richText(body.text)),
        ...(footer === undefined ? [] : [element("small", { class: "foot", text: footer.text })]),
      ];
    }
  }
}

/**
 * The rows under a message that can be tapped.
 * @param {Message} message
 * @param {Actions} actions
 * @returns {Node[]}
 */
function tapsOf(message, actions) {
  if (message.type === "template") {
    const payloads = (message.template.components ?? [])
      .filter(({ type }) => type === "button")
      .flatMap(({ parameters }) => parameters.map(({ payload = "" }) => payload));
    return payloads.map((id) => {
      // The words are in the template that Meta has approved, which is not here: the id says what they mean.
      const title = (id.split(":")[0] ?? id).replaceAll("_", " ");
      return row("reply", { id, title }, () => actions.tap({ id, title }));
    });
  }
  if (message.type !== "interactive") return [];
  const { interactive } = message;
  switch (interactive.type) {
    case "button":
      return interactive.action.buttons.map(({ reply }) =>
        row("reply", reply, () => actions.tap(reply))
      );
    case "list":
      return [row("list", { title: interactive.action.button }, () => actions.choose(interactive))];
    case "location_request_message":
      return [row("pin", { title: "Send location" }, actions.sendLocation)];
    case "cta_url": {
      const { display_text, url } = interactive.action.parameters;
      const attributes = { href: url, target: "_blank", rel: "noopener noreferrer" };
      return [element("a", { class: "tap", attributes }, icon("link"), display_text)];
    }
  }
}

/**
 * @param {"reply" | "list" | "pin"} picture
 * @param {{ id?: string, title: string }} what
 * @param {() => void} click
 * @returns {HTMLButtonElement}
 */
function row(picture, { id, title }, click) {
  const attributes = { type: "button", ...(id === undefined ? {} : { "data-id": id }) };
  return element(
    "button",
    { class: `tap ${picture}`, attributes, on: { click } },
    icon(picture),
    title,
  );
}

/**
 * @param {number} lat
 * @param {number} lng
 * @param {string | undefined} name
 * @returns {Node[]}
 */
function place(lat, lng, name) {
  const streets = [8, 26, 50, 71].flatMap((at, index) => [
    svg("path", { attributes: { d: `M0 ${at} L160 ${at + (index % 2 ? 9 : -7)}` } }),
    svg("path", { attributes: { d: `M${at * 2} 0 L${at * 2 + (index % 2 ? -14 : 12)} 80` } }),
  ]);
  const map = svg(
    "svg",
    { class: "snippet", attributes: { viewBox: "0 0 160 80", "aria-hidden": "true" } },
    ...streets,
    svg("path", { class: "needle", attributes: { d: "M80 46 C68 32 68 18 80 18 S92 32 80 46z" } }),
    svg("circle", { attributes: { cx: 80, cy: 28, r: 4 } }),
  );
  const where = name ?? describe({ lat, lng });
  return [
    map,
    element("span", { class: "text", text: where }),
    element("small", { text: `${lat.toFixed(5)}, ${lng.toFixed(5)}` }),
  ];
}

/**
 * @param {HTMLElement} meta
 * @param {Item} item
 */
function showMeta(meta, item) {
  const time = new Date(item.at).toLocaleTimeString([], { timeStyle: "short", hour12: false });
  meta.replaceChildren(time, ...howFar(item));
}

/**
 * @param {Item} item
 * @returns {Node[]}
 */
function howFar(item) {
  if (item.content === undefined) return statusOf(item);
  if (item.seen) return [ticks("read"), unseen("read")];
  if (item.webhook === undefined) return [ticks("sent"), unseen("on its way")];
  if (item.webhook === 200) return [ticks("delivered"), unseen("delivered")];
  const answer = item.webhook === null ? "did not answer" : `answered ${item.webhook}`;
  return [warning(`The webhook ${answer}; it is posted again`)];
}

/**
 * How far the system knows its message to have come.
 * @param {Item} item
 * @returns {Node[]}
 */
function statusOf({ status, errorCode }) {
  if (status === undefined) return [];
  if (status === "failed") return [warning(`Failed with ${errorCode}: nobody got this`)];
  return [ticks(status), unseen(status)];
}

/** @param {string} text */
function unseen(text) {
  return element("span", { class: "unseen", text });
}

/** @param {string} text */
function warning(text) {
  return element("span", { class: "warning" }, icon("alert"), text);
}
