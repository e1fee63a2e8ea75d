/** Codes of the Cloud API that are worth a series of their own; a metric's labels have to be few. */
const known = new Set([
  4,
  80007,
  100,
  130429,
  131000,
  131009,
  131016,
  131026,
  131047,
  131048,
  131051,
  131053,
  131056,
  131057,
  131062,
  132000,
  132001,
  132012,
  133004,
  190,
  368,
]);

/** The value of a `code` label: a known code, "other", or "none" where WhatsApp named none. */
export function errorLabel(code: number | null): string {
  if (code === null) return "none";
  return known.has(code) ? String(code) : "other";
}
