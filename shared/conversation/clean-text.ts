/** A text as the database can keep it, at most `max` UTF-16 units of it and no half character. */
export function cleanText(text: string, max: number): string {
  return text.replaceAll("\0", "").trim().slice(0, max).toWellFormed().replace(/\uFFFD$/, "")
    .trim();
}
