/** Runs one statement with its parameters, text all of them, and gives its rows. */
export type Query = (text: string, parameters: readonly string[]) => Promise<readonly unknown[]>;

/** What the relay needs of a database. */
export interface RelayDatabase {
  readonly query: Query;
  /** Runs `work` in one transaction and rolls it back. */
  probe<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Tells the payloads notified on a channel, each once its transaction is committed, in that order. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<void>;
}
