import type { Words } from "../words/mod.ts";

/** Whom a message is said to: in whose words, and where the trip pages are. */
export interface Scene {
  readonly words: Words;
  readonly tripPageUrl: string;
}
