import { createRandom, type Random } from "../city/random.ts";

/**
 * One source of random numbers for each person and purpose, drawn from nothing but the seed and their names.
 * So two simulations of one seed meet the same people, whatever else differs between them, and whatever one
 * of them asks of a person more often than the other (common random numbers).
 */
export class Streams {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The stream of a name, from its beginning. */
  of(...names: readonly (string | number)[]): Random {
    return createRandom(hashOf(`${this.#seed}/${names.join("/")}`));
  }
}

/** A value around a median; `sigma` is the standard deviation of its logarithm. */
export interface Spread {
  readonly median: number;
  readonly sigma: number;
}

/** A value of a log-normal distribution. */
export function logNormal(random: Random, { median, sigma }: Spread): number {
  return median * Math.exp(sigma * standardNormal(random));
}

/** A value of a normal distribution, kept between two limits. */
export function normalWithin(
  random: Random,
  { mean, deviation, min, max }: Readonly<Record<"mean" | "deviation" | "min" | "max", number>>,
): number {
  return Math.min(max, Math.max(min, mean + deviation * standardNormal(random)));
}

/** A time until something that happens once in `mean`, on average. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

function standardNormal(random: Random): number {
  // Box and Muller; 1 - random() is never 0.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** FNV-1a of 32 bits, mixed once more: names that differ in one letter have nothing in common. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
