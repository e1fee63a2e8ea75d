// @ts-check

/**
 * Makes the children of a node those of the items, in their order. What is shown already stays the same element, so
 * that focus and what a reader has opened are kept.
 * @template Item
 * @param {HTMLElement} parent
 * @param {readonly Item[]} items
 * @param {{ key: (item: Item) => string, make: (item: Item) => HTMLElement, update: (node: HTMLElement, item: Item) => void }} how
 */
export function showKeyed(parent, items, { key, make, update }) {
  const before = new Map([...parent.children].map((node) => [node.getAttribute("data-key"), node]));
  /** @type {Element | null} */
  let last = null;
  for (const item of items) {
    const name = key(item);
    const known = before.get(name);
    before.delete(name);
    const node = known instanceof HTMLElement ? known : make(item);
    node.setAttribute("data-key", name);
    update(node, item);
    /** @type {Element | null} */
    const place = last === null ? parent.firstElementChild : last.nextElementSibling;
    if (place !== node) parent.insertBefore(node, place);
    last = node;
  }
  for (const node of before.values()) node.remove();
}
