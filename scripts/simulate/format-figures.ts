/** A share as a percentage, or a dash for what is not known. */
export function formatPercent(share: number | null, digits = 1): string {
  return share === null || Number.isNaN(share) ? "-" : `${(100 * share).toFixed(digits)}%`;
}

/** A figure with so many digits after the point, or a dash for what is not known. */
export function formatWhole(value: number | null, digits = 0): string {
  return value === null || Number.isNaN(value) ? "-" : value.toFixed(digits);
}
