import { createRandom } from "../city/random.ts";

/** A fault's turn, in milliseconds from the beginning of the hour. */
export interface Turn {
  readonly name: string;
  readonly injectAtMs: number;
  readonly liftAtMs: number;
  /** Where the next turn begins. */
  readonly endAtMs: number;
}

/** What to plan. */
export interface PlanOptions {
  readonly minutes: number;
  readonly seed: number;
}

/** Of each turn, how long the fault lasts, and how long it is calm before it. */
const FAULT_SHARE = 0.4;
const CALM_SHARE = 0.15;

/** Gives every fault one turn of the same length, in an order drawn from the seed. */
export function planTurns(names: readonly string[], { minutes, seed }: PlanOptions): Turn[] {
  const turnMs = minutes * 60_000 / names.length;
  const random = createRandom(seed);
  return names.map((name) => ({ name, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ name }, index) => {
      const injectAtMs = (index + CALM_SHARE) * turnMs;
      return {
        name,
        injectAtMs,
        liftAtMs: injectAtMs + FAULT_SHARE * turnMs,
        endAtMs: (index + 1) * turnMs,
      };
    });
}
