const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

/** What has a duration as its value, in the files of Prometheus and Alertmanager. */
const KEYS: ReadonlySet<string> = new Set([
  "scrape_interval",
  "evaluation_interval",
  "interval",
  "for",
  "keep_firing_for",
  "group_wait",
  "group_interval",
  "repeat_interval",
]);

/** A duration of Prometheus, such as 1m30s, in milliseconds. @throws {Error} when it is none */
export function milliseconds(duration: string): number {
  if (!DURATION.test(duration)) throw new Error(`Cannot read "${duration}" as a duration`);
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)]
    .reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
}

/** A duration, so many times shorter; at least a millisecond, unless it was nothing at all. */
export function scaleDuration(duration: string, factor: number): string {
  const before = milliseconds(duration);
  const after = Math.max(Math.round(before / factor), Math.min(before, 1));
  return after % 1000 === 0 ? `${after / 1000}s` : `${after}ms`;
}

/** PromQL with every range, step and offset so many times shorter; what is quoted stays. */
export function scaleExpression(expression: string, factor: number): string {
  const scale = (duration: string): string => scaleDuration(duration, factor);
  return expression.split(/("(?:[^"\\]|\\.)*")/).map((part, index) =>
    index % 2 === 1 ? part : part
      .replace(
        /\[(\w+)(?::(\w*))?\]/g,
        (_, range: string, step: string | undefined) =>
          `[${scale(range)}${step === undefined ? "" : `:${step === "" ? "" : scale(step)}`}]`,
      )
      .replace(
        /\boffset(\s+-?)(\w+)/g,
        (_, between: string, by: string) => `offset${between}${scale(by)}`,
      )
  ).join("");
}

/**
 * A parsed file of rules, of Prometheus or of Alertmanager, with every duration so many times shorter. Timeouts stay:
 * they are patience with the system, which is no faster; but none is longer than its interval.
 */
export function scaleDurations(value: unknown, factor: number): unknown {
  if (Array.isArray(value)) return value.map((item) => scaleDurations(item, factor));
  if (typeof value !== "object" || value === null) return value;
  const scaled = Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (typeof item !== "string") return [key, scaleDurations(item, factor)];
      if (key === "expr") return [key, scaleExpression(item, factor)];
      return [key, KEYS.has(key) && isDuration(item) ? scaleDuration(item, factor) : item];
    }),
  );
  const { scrape_interval: interval, scrape_timeout: timeout } = scaled;
  const isLonger = typeof interval === "string" && typeof timeout === "string" &&
    milliseconds(timeout) > milliseconds(interval);
  return isLonger ? { ...scaled, scrape_timeout: interval } : scaled;
}

function isDuration(text: string): boolean {
  return DURATION.test(text);
}
