/** What a person wrote, fit to be stored: trimmed, well-formed, without NUL, at most `max` UTF-16 units. */
export function cleanText(value: string, max: number): string {
  return cut(value.toWellFormed().replaceAll("\0", "").trim(), max);
}

/** The same on one line: without control characters, and without those that turn the text around. */
export function cleanLine(value: string, max: number): string {
  const line = value.toWellFormed()
    .replace(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "")
    .replace(/[\s\p{Cc}]+/gu, " ");
  return cut(line.trim(), max);
}

function cut(value: string, max: number): string {
  return value.slice(0, max).replace(/[\uD800-\uDBFF]$/, "").trimEnd();
}
