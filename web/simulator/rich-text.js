// @ts-check
import { element } from "./element.js";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'*_~]/;
/** WhatsApp's marks: around whole words, on one line. */
const MARKS = /** @type {const} */ ([
  ["strong", /(?<![\w*])\*(?=\S)([^*\n]*\S)\*(?![\w*])/],
  ["em", /(?<!\w)_(?=\S)([^_\n]*\S)_(?!\w)/],
  ["s", /(?<![\w~])~(?=\S)([^~\n]*\S)~(?![\w~])/],
  ["code", /(?<!`)```([^`]+)```/],
]);

/**
 * A text as WhatsApp shows it: *bold*, _italic_, ~struck~, ```fixed``` and links.
 * @param {string} text
 * @returns {Node[]}
 */
export function richText(text) {
  const link = LINK.exec(text);
  if (link !== null) {
    const [url] = link;
    return [
      ...marked(text.slice(0, link.index)),
      element("a", {
        text: url,
        attributes: { href: url, target: "_blank", rel: "noopener noreferrer" },
      }),
      ...richText(text.slice(link.index + url.length)),
    ];
  }
  return marked(text);
}

/**
 * @param {string} text
 * @returns {Node[]}
 */
function marked(text) {
  const found = MARKS.flatMap(([tag, mark]) => {
    const match = mark.exec(text);
    return match === null ? [] : [{ tag, match, index: match.index }];
  });
  const [first] = found.sort((a, b) => a.index - b.index);
  if (first === undefined) return text === "" ? [] : [document.createTextNode(text)];
  const { tag, match, index } = first;
  const [whole, inner = ""] = match;
  return [
    ...marked(text.slice(0, index)),
    element(tag, {}, ...marked(inner)),
    ...marked(text.slice(index + whole.length)),
  ];
}
