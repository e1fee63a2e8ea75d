import { limits } from "./limits.ts";
import type { ListSection, OutboundMessage } from "./outbound.ts";
import { toWireId } from "./wire-ids.ts";

type Message<Type> = Extract<OutboundMessage, { type: Type }>;

/**
 * Why the Cloud API would refuse a message, or show it cut: one sentence each, none when it is fine.
 * Lengths are in UTF-16 units, the strictest way to count.
 */
export function checkLimits(message: OutboundMessage): string[] {
  switch (message.type) {
    case "text":
      return checkText("body", message.body, limits.text);
    case "location_request":
      return checkText("body", message.body, limits.interactiveBody);
    case "buttons":
      return checkButtons(message);
    case "list":
      return checkList(message);
    case "link":
      return [
        ...checkText("body", message.body, limits.interactiveBody),
        ...checkLine("title", message.title, limits.linkTitle),
        ...checkUrl(message.url),
      ];
    case "template":
      return checkTemplate(message);
  }
}

function checkButtons({ body, buttons }: Message<"buttons">): string[] {
  return [
    ...checkText("body", body, limits.interactiveBody),
    ...checkCount("buttons", buttons.length, limits.buttons),
    ...buttons.flatMap(({ id, title }, index) => [
      ...checkId(`buttons[${index}].id`, id, limits.buttonId),
      ...checkLine(`buttons[${index}].title`, title, limits.buttonTitle),
    ]),
    ...checkUnique("buttons.id", buttons.map(({ id }) => id)),
    ...checkUnique("buttons.title", buttons.map(({ title }) => title)),
  ];
}

function checkList({ body, button, sections }: Message<"list">): string[] {
  const rows = sections.flatMap((section) => section.rows);
  return [
    ...checkText("body", body, limits.interactiveBody),
    ...checkLine("button", button, limits.listButton),
    ...checkCount("sections", sections.length, limits.listSections),
    ...checkMost("rows of all sections", rows.length, limits.listRows),
    ...sections.flatMap((section, index) =>
      checkSection(`sections[${index}]`, section, { isOnly: sections.length === 1 })
    ),
    ...checkUnique("rows.id", rows.map(({ id }) => id)),
  ];
}

function checkSection(
  name: string,
  { title, rows }: ListSection,
  { isOnly }: { readonly isOnly: boolean },
): string[] {
  return [
    ...(isOnly && title === undefined
      ? []
      : checkLine(`${name}.title`, title ?? "", limits.sectionTitle)),
    ...(rows.length === 0 ? [`${name}.rows is empty`] : []),
    ...rows.flatMap((row, index) => {
      const path = `${name}.rows[${index}]`;
      return [
        ...checkId(`${path}.id`, row.id, limits.rowId),
        ...checkLine(`${path}.title`, row.title, limits.rowTitle),
        ...(row.description === undefined
          ? []
          : checkLine(`${path}.description`, row.description, limits.rowDescription)),
      ];
    }),
  ];
}

function checkTemplate(
  { name, language, parameters, buttons = [] }: Message<"template">,
): string[] {
  return [
    ...checkLine("name", name, limits.templateName),
    ...(/^[a-z0-9_]+$/.test(name) ? [] : ["name has others than lowercase letters, digits and _"]),
    ...(/^[a-z]{2,3}(?:_[A-Z]{2})?$/.test(language)
      ? []
      : ["language is no code like en or en_US"]),
    ...parameters.flatMap((parameter, index) => [
      ...checkLine(`parameters[${index}]`, parameter, limits.templateParameter),
      ...(/ {5}/.test(parameter) ? [`parameters[${index}] has more than 4 spaces in a row`] : []),
    ]),
    ...checkMost("buttons", buttons.length, limits.templateButtons),
    ...buttons.flatMap((payload, index) =>
      checkId(`buttons[${index}]`, payload, limits.templatePayload)
    ),
  ];
}

function checkText(name: string, value: string, max: number): string[] {
  return [
    ...(value.trim() === "" ? [`${name} is empty`] : []),
    ...(value.length > max ? [`${name} has ${value.length} characters, of at most ${max}`] : []),
    ...(value.isWellFormed() && !value.includes("\0")
      ? []
      : [`${name} has NUL or half a character`]),
  ];
}

function checkLine(name: string, value: string, max: number): string[] {
  return [
    ...checkText(name, value, max),
    ...(/[\p{Cc}\u2028\u2029]/u.test(value) ? [`${name} has more than one line`] : []),
  ];
}

function checkId(name: string, value: string, max: number): string[] {
  return [
    ...checkLine(name, value, max - toWireId("").length),
    ...(value === value.trim() ? [] : [`${name} has spaces around it`]),
  ];
}

function checkCount(name: string, count: number, max: number): string[] {
  return count >= 1 && count <= max ? [] : [`${name}: ${count}, of 1 to ${max}`];
}

function checkMost(name: string, count: number, max: number): string[] {
  return count <= max ? [] : [`${name}: ${count}, of at most ${max}`];
}

function checkUnique(name: string, values: readonly string[]): string[] {
  return new Set(values).size === values.length ? [] : [`${name} is not unique`];
}

function checkUrl(url: string): string[] {
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  return [
    ...(isWeb ? [] : ["url is no http or https URL"]),
    ...(url.length > limits.linkUrl
      ? [`url has ${url.length} characters, of at most ${limits.linkUrl}`]
      : []),
  ];
}
