// @ts-check

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * How long to wait after so many failures in a row: twice as long each time, and never quite as long as the
 * others that lost the same connection.
 * @param {number} failures At least 1.
 * @param {() => number} random
 * @returns {number} In milliseconds.
 */
export function backoffMs(failures, random = Math.random) {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return most / 2 + random() * most / 2;
}
