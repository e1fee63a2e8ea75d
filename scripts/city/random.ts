/** The next number of [0, 1). */
export type Random = () => number;

/** Numbers that depend on nothing but the seed and the stream: a replay with the same seed draws the same. */
export function createRandom(seed: number, stream = 0): Random {
  // mulberry32 by Tommy Ettinger (public domain); streams are a large odd step apart.
  let state = (seed + Math.imul(stream, 0x9e3779b1)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of the items, each as likely as its weight. @throws {RangeError} when there is none */
export function pickWeighted<T extends { readonly weight: number }>(
  random: Random,
  items: readonly T[],
): T {
  let left = random() * items.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  const last = items.at(-1);
  if (last === undefined) throw new RangeError("Cannot pick from nothing");
  return last;
}

/** One of the items, each as likely as the others. @throws {RangeError} when there is none */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError("Cannot pick from nothing");
  return item;
}
