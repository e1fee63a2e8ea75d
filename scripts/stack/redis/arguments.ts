import { RedisError, REFUSALS } from "./reply.ts";

/** The words of one command after its name, read from left to right. */
export class Arguments {
  readonly #words: readonly string[];
  #position = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** How many words are left. */
  get left(): number {
    return this.#words.length - this.#position;
  }

  /** The next word; every command's number of words has been checked before. */
  text(): string {
    const word = this.#words[this.#position++];
    if (word === undefined) throw new RedisError(REFUSALS.syntax);
    return word;
  }

  /** The next word, which must be a whole number. */
  integer(): number {
    return toInteger(this.text());
  }

  /** The next word, which must be a number; `inf` and `-inf` are. */
  float(): number {
    return toFloat(this.text());
  }

  /** All the words that are left. */
  rest(): readonly string[] {
    const rest = this.#words.slice(this.#position);
    this.#position = this.#words.length;
    return rest;
  }

  /** The words that are left, two by two. */
  pairs(): [string, string][] {
    const pairs: [string, string][] = [];
    while (this.left > 0) pairs.push([this.text(), this.text()]);
    return pairs;
  }

  /** Takes the next word when it is one of these, in upper case. */
  option<T extends string>(...names: T[]): T | undefined {
    const word = this.#words[this.#position]?.toUpperCase();
    const found = names.find((name) => name === word);
    if (found !== undefined) this.#position++;
    return found;
  }

  /** Refuses words that no option of the command has taken. */
  end(): void {
    if (this.left > 0) throw new RedisError(REFUSALS.syntax);
  }
}

/** Reads a whole number as Redis does: no spaces, no sign but a minus, no leading zero. */
export function toInteger(text: string): number {
  const value = /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) throw new RedisError(REFUSALS.notInteger);
  return value;
}

/** Reads a number as Redis does. */
export function toFloat(text: string): number {
  const infinity = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? -Infinity : Infinity;
  const value = text.trim() === text && text !== "" ? Number(text) : NaN;
  if (Number.isNaN(value)) throw new RedisError(REFUSALS.notFloat);
  return value;
}

/** A number as Redis prints it. */
export function formatFloat(value: number): string {
  if (value === Infinity) return "inf";
  if (value === -Infinity) return "-inf";
  return String(value);
}

/** The sum of two numbers without the noise of binary fractions: 0.1 + 0.2 is 0.3. */
export function addFloats(a: number, b: number): string {
  const sum = a + b;
  if (!Number.isFinite(sum)) {
    throw new RedisError("ERR increment would produce NaN or Infinity");
  }
  return String(Number(sum.toPrecision(16)));
}
