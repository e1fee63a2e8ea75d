/** Something that happens at a simulated time, in epoch milliseconds. */
interface QueuedEvent {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => Promise<void>;
}

/**
 * What is going to happen, the earliest first; of what happens at the same time, what was planned first. A
 * binary heap.
 */
export class EventQueue {
  readonly #heap: QueuedEvent[] = [];
  #planned = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the next event is; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  /** Plans an event. @throws {RangeError} for a time that is no number */
  plan(atMs: number, act: () => Promise<void>): void {
    if (!Number.isFinite(atMs)) throw new RangeError(`Cannot plan an event at ${atMs}`);
    const event = { atMs, order: this.#planned++, act };
    let index = this.#heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) break;
      index = parent;
    }
  }

  /** Takes the next event; undefined when there is none. */
  take(): { readonly atMs: number; readonly act: () => Promise<void> } | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first;
    this.#heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#swapIfBefore(child, index)) return first;
      index = child;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.atMs < other.atMs || one.atMs === other.atMs && one.order < other.order;
  }

  #swapIfBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined || !this.#isBefore(a, b)) return false;
    this.#heap[a] = other;
    this.#heap[b] = one;
    return true;
  }
}
