import { RedisError, REFUSALS } from "./reply.ts";

/** The kinds of value a key can hold. */
export interface Kinds {
  string: string;
  hash: Map<string, string>;
  set: Set<string>;
  zset: Map<string, number>;
}

/** A value with its kind. */
export type Value = { [K in keyof Kinds]: { kind: K; data: Kinds[K] } }[keyof Kinds];

type Entry = Value & { expiresAt?: number | undefined };

/** All the keys of the in-memory Redis. A key whose time has come is gone the moment it is looked at. */
export class Keyspace {
  readonly #entries = new Map<string, Entry>();
  readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  /** The kind of a key's value; undefined when there is no such key. */
  kind(key: string): keyof Kinds | undefined {
    return this.#live(key)?.kind;
  }

  string(key: string): string | undefined {
    const entry = this.#live(key);
    if (entry === undefined || entry.kind === "string") return entry?.data;
    throw new RedisError(REFUSALS.wrongType);
  }

  hash(key: string): Kinds["hash"] | undefined {
    const entry = this.#live(key);
    if (entry === undefined || entry.kind === "hash") return entry?.data;
    throw new RedisError(REFUSALS.wrongType);
  }

  set(key: string): Kinds["set"] | undefined {
    const entry = this.#live(key);
    if (entry === undefined || entry.kind === "set") return entry?.data;
    throw new RedisError(REFUSALS.wrongType);
  }

  zset(key: string): Kinds["zset"] | undefined {
    const entry = this.#live(key);
    if (entry === undefined || entry.kind === "zset") return entry?.data;
    throw new RedisError(REFUSALS.wrongType);
  }

  /** Puts a value, keeping the key's expiry: that of a new key is none. */
  put(key: string, value: Value): void {
    const expiresAt = this.#live(key)?.expiresAt;
    this.#entries.set(key, { ...value, expiresAt });
  }

  /** Puts a value that never expires, whatever was there. */
  replace(key: string, value: Value): void {
    this.#entries.set(key, value);
  }

  /** Forgets a key; false when there was none. */
  delete(key: string): boolean {
    return this.#live(key) !== undefined && this.#entries.delete(key);
  }

  /** Forgets a collection that has become empty, as Redis does. */
  deleteEmpty(key: string): void {
    const entry = this.#live(key);
    if (entry !== undefined && entry.kind !== "string" && entry.data.size === 0) this.delete(key);
  }

  /** When a key goes, in epoch milliseconds; null for never, undefined when there is no such key. */
  expiry(key: string): number | null | undefined {
    const entry = this.#live(key);
    return entry === undefined ? undefined : entry.expiresAt ?? null;
  }

  /** Sets when an existing key goes; undefined for never. A moment in the past deletes it. */
  expire(key: string, expiresAt: number | undefined): void {
    const entry = this.#live(key);
    if (entry === undefined) return;
    entry.expiresAt = expiresAt;
    this.#live(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.#live(key) !== undefined);
  }

  clear(): void {
    this.#entries.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expiresAt === undefined || entry.expiresAt > this.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
