/** A soak of two watched seconds; the machine may be slow, so only errors breach it. */
export const QUICK_SOAK: readonly string[] = [
  "--soak=2s",
  "--look=250ms",
  "--window=3s",
  "--min-requests=3",
  "--max-p95-ms=9000",
  "--max-blind=20s",
];
