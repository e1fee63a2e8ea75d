/** A `timestamp` or `timestamptz` as PostgreSQL prints it, in the form that PostgREST gives: ISO 8601. */
export function isoTimestamp(text: string): string {
  return text.replace(/^(\d{4,}-\d\d-\d\d) /, "$1T").replace(/([+-]\d\d)$/, "$1:00");
}

/** A `numeric` as a JSON number; what no number can hold stays text. */
export function numericValue(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}
