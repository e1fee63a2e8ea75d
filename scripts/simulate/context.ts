import type { Period, SimulatedCity } from "./city.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Streams } from "./streams.ts";
import type { DispatchPolicy, SystemCalls } from "./system-calls.ts";
import type { SimulatedClock } from "./simulated-clock.ts";

/** What everybody in a simulation shares. */
export interface Context {
  readonly city: SimulatedCity;
  readonly period: Period;
  readonly policy: DispatchPolicy;
  readonly streams: Streams;
  readonly clock: SimulatedClock;
  readonly queue: EventQueue;
  readonly calls: SystemCalls;
}

/** Plans something for so many seconds from now. */
export function after(
  { clock, queue }: Pick<Context, "clock" | "queue">,
  { seconds, act }: { readonly seconds: number; readonly act: () => Promise<void> },
): void {
  queue.plan(clock.nowMs + Math.max(0, seconds) * 1000, act);
}
