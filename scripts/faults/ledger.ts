/** What somebody was told, to be held against the database. */
export interface Noted {
  readonly step: string;
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly atMs: number;
}

/** A request that was answered with 200 or 201, and the ids that the answer gave to what it made or moved. */
export interface Acknowledged extends Noted {
  readonly json: unknown;
}

/** A request that was refused, and of which no attempt before may have been carried out. */
export interface Refused extends Noted {
  readonly code: string;
}

/** A message of somebody's phone that the webhook has answered with 200. */
export interface TakenMessage {
  readonly messageId: string;
  readonly person: string;
  readonly content: string;
  readonly atMs: number;
}

/** All that the callers were told. */
export class Ledger {
  readonly acknowledged: Acknowledged[] = [];
  readonly refused: Refused[] = [];
  readonly messages: TakenMessage[] = [];
  readonly counts: Record<string, number> = {};

  acknowledge(told: Omit<Acknowledged, "atMs">): void {
    this.count("requests acknowledged");
    if (told.method === "GET") return;
    const { step, method, path, key, json } = told;
    this.acknowledged.push({ step, method, path, key, json, atMs: performance.now() });
  }

  refuse(told: Omit<Refused, "atMs">): void {
    this.count(`refused ${told.code}`);
    if (told.method === "GET") return;
    const { step, method, path, key, code } = told;
    this.refused.push({ step, method, path, key, code, atMs: performance.now() });
  }

  giveUp(step: string): void {
    this.count(`given up: ${step}`);
  }

  /** The webhook has answered 200. */
  take(message: Omit<TakenMessage, "atMs">): void {
    this.count("chat messages acknowledged");
    this.messages.push({ ...message, atMs: performance.now() });
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}
