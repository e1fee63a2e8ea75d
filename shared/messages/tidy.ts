/** Line breaks and other control characters, and marks that turn the direction of the text after them. */
const UNRULY = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;
const UNRULY_BUT_LINES = /(?!\n)[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;
const ELLIPSIS = "…";

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a person wrote, a name or a place, on one line of at most `max` characters; "" if it shows nothing. */
export function tidy(text: string, max: number): string {
  return cut(text.toWellFormed().replace(UNRULY, " ").replace(/\s+/g, " ").trim(), max);
}

/** What a person wrote to another, its lines kept, in at most `max` characters. */
export function tidyLines(text: string, max: number): string {
  return cut(text.toWellFormed().replace(UNRULY_BUT_LINES, " ").trim(), max);
}

/** Cuts between characters as people see them: half a flag or family is another. */
function cut(text: string, max: number): string {
  if (!VISIBLE.test(text)) return "";
  if (text.length <= max) return text;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (kept.length + segment.length > max - ELLIPSIS.length) break;
    kept += segment;
  }
  return kept.trimEnd() + ELLIPSIS;
}
