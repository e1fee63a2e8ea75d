/** What Redis answers: text, an integer, nothing, a status such as OK, an error, or a list of these. */
export type Reply = string | number | null | Status | RedisError | readonly Reply[];

/** A short answer that is no data, such as OK; scripts see it as `{ ok = "OK" }`. */
export class Status {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Redis's refusal of one command, its code first: `WRONGTYPE ...`, `ERR ...`. */
export class RedisError extends Error {
  override name = "RedisError";
}

/** The answer of a command that only has to say that it was done. */
export const OK = new Status("OK");

/** The refusals that many commands share, in Redis's own words. */
export const REFUSALS = {
  syntax: "ERR syntax error",
  notInteger: "ERR value is not an integer or out of range",
  notFloat: "ERR value is not a valid float",
  wrongType: "WRONGTYPE Operation against a key holding the wrong kind of value",
} as const;

/** Redis, whichever it is: commands in, answers out. */
export interface Redis {
  /** Runs the commands in order; with `atomic`, nothing else runs between them. */
  run(
    commands: readonly (readonly string[])[],
    options?: { readonly atomic?: boolean },
  ): Promise<Reply[]>;
  close(): Promise<void>;
}
