/**
 * Rides asked for in each hour of a day, relative to each other: people go to work, eat, and go home. Assumed;
 * nobody publishes Kigali's.
 */
export const KIGALI_DAY = [
  ...[1, 1, 0.4, 0.4, 1, 3, 6, 9, 8, 5, 4, 4],
  ...[6, 6, 4, 4, 6, 9, 10, 7, 5, 4, 3, 2],
] as const;
