const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Seconds in a text such as "30s", "10m", "48h" or "1h30m".
 * @throws {Error} naming the option
 */
export function parseDuration(text: string, name: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) {
    throw new Error(`Cannot read "${text}" as ${name}: write a duration such as 30s, 10m or 48h`);
  }
  return parts.reduce((sum, [, amount, unit]) => {
    const seconds = unit === "ms" ? 0.001 : UNITS[unit ?? ""] ?? 0;
    return sum + Number(amount) * seconds;
  }, 0);
}

/** Seconds as a person reads them: "47 h 58 min", "3 min 20 s", "12 s", "250 ms". */
export function describeDuration(seconds: number): string {
  if (seconds > 0 && seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole % 3600 / 60),
    whole % 60,
  ];
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${rest} s`;
}
