// @ts-check

/**
 * A field of something from outside, whatever that is.
 * @param {unknown} value
 * @param {string} name
 * @returns {unknown}
 */
export function field(value, name) {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
