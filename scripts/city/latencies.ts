/** How long the calls of each step took, in milliseconds. */
export class Latencies {
  readonly #byStep = new Map<string, number[]>();

  add(step: string, milliseconds: number): void {
    const taken = this.#byStep.get(step);
    if (taken === undefined) this.#byStep.set(step, [milliseconds]);
    else taken.push(milliseconds);
  }

  /** Every step with all its times, in the order of its first call. */
  all(): (readonly [step: string, milliseconds: readonly number[]])[] {
    return [...this.#byStep];
  }

  /** Every step, in the order of its first call. */
  steps(): { step: string; calls: number; p50: number; p95: number }[] {
    return [...this.#byStep].map(([step, taken]) => ({
      step,
      calls: taken.length,
      p50: percentile(taken, 50),
      p95: percentile(taken, 95),
    }));
  }
}

/** The smallest value that so many percent of the values do not exceed (nearest rank); NaN of none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(sorted.length * percent / 100));
  return sorted[rank - 1] ?? NaN;
}
