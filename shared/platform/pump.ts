/** A queue whose items are claimed, worked on side by side, and settled several at once. */
export interface PumpSteps<Item, Result> {
  /** How many items are worked on at once. */
  readonly concurrency: number;
  /** Takes up to so many items for this process alone. */
  claim(limit: number): Promise<readonly Item[]>;
  work(item: Item): Promise<Result>;
  /** Records what came out; the next claim waits for it. */
  settle?(results: readonly Result[]): Promise<void>;
  /** Told of an item whose work failed; the others go on. */
  onError(error: unknown): void;
}

/** How long a run claims, as a time of `Date.now()`, and how many items at most. */
export interface PumpBudget {
  readonly until: number;
  readonly items: number;
}

/**
 * Works on a queue until nothing can be claimed. Claims whenever there is room, so that one slow item keeps
 * nobody else waiting; whoever asks for a run during another one joins it, and has it look again.
 */
export class Pump<Item, Result> {
  readonly #steps: PumpSteps<Item, Result>;
  readonly #done: Result[] = [];
  #inFlight = 0;
  #hungry = false;
  #until = 0;
  #left = 0;
  #running: Promise<void> | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(steps: PumpSteps<Item, Result>) {
    this.#steps = steps;
  }

  /** Ends when nothing is left or the budget is, and all that was begun is settled. @throws what a claim threw */
  run(budget: PumpBudget): Promise<void> {
    this.#hungry = true;
    this.#until = Math.max(this.#until, budget.until);
    this.#left = Math.max(this.#left, budget.items);
    this.#changed.resolve();
    return this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    // Or a run that has nothing to do would end before it is known to be running.
    await Promise.resolve();
    try {
      while (this.#inFlight > 0 || this.#done.length > 0 || this.#wantsMore()) {
        this.#changed = Promise.withResolvers();
        try {
          await this.#step();
        } catch (error) {
          failure ??= { error };
        }
        if (this.#done.length === 0 && this.#inFlight > 0 && !this.#wantsMore()) {
          await this.#changed.promise;
        }
      }
    } finally {
      // In the same turn as the last look at the queue: nobody can join a run that has ended.
      this.#running = undefined;
      this.#until = 0;
      this.#left = 0;
    }
    if (failure !== undefined) throw failure.error;
  }

  #wantsMore(): boolean {
    return this.#hungry && this.#inFlight < this.#steps.concurrency && this.#left > 0 &&
      Date.now() < this.#until;
  }

  async #step(): Promise<void> {
    const results = this.#done.splice(0);
    if (results.length > 0) {
      // What was settled may have held back what comes after it.
      this.#hungry = true;
      await this.#steps.settle?.(results);
    }
    if (!this.#wantsMore()) return;
    this.#hungry = false;
    const room = Math.min(this.#steps.concurrency - this.#inFlight, this.#left);
    const items = await this.#steps.claim(room);
    this.#left -= items.length;
    for (const item of items) this.#start(item);
  }

  #start(item: Item): void {
    this.#inFlight++;
    const finished = (): void => {
      this.#inFlight--;
      this.#changed.resolve();
    };
    this.#steps.work(item).then((result) => void this.#done.push(result), (error) => {
      this.#hungry = true;
      this.#steps.onError(error);
    }).finally(finished);
  }
}
