import type { Platform } from "../platform/mod.ts";

/** Counts what became of positions; gives how many were used. */
export function countPositions(
  { metrics }: Platform,
  answered: readonly { readonly accepted: boolean }[],
): number {
  const used = answered.filter(({ accepted }) => accepted).length;
  metrics.count("mobility_positions_total", { used: "yes" }, used);
  metrics.count("mobility_positions_total", { used: "no" }, answered.length - used);
  return used;
}
