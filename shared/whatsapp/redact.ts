const MAX_LENGTH = 300;
const MAX_READ = 2000;
const MASK = "…";

/**
 * An error text that may be logged: without the texts in `known`, URLs, numbers of six digits or more
 * (however they are grouped), tokens and quoted sentences; at most 300 characters.
 */
export function redact(text: string, known: readonly string[] = []): string {
  let safe = text.slice(0, MAX_READ).toWellFormed();
  for (const value of [...known].sort((a, b) => b.length - a.length)) {
    if (value.trim().length > 1) safe = safe.replace(wholeWord(value), MASK);
  }
  safe = safe
    .replace(/\b[a-z][a-z\d+.-]*:\/\/\S+/gi, MASK)
    .replace(/\+?\d(?:[\s().-]{0,2}\d){5,}/g, MASK)
    .replace(/[\w-]{40,}|(?=[\w-]*\d)[\w-]{20,}/g, MASK)
    // A parameter's name has no spaces; what somebody wrote has.
    .replace(/(?<!\w)(["'`])[^"'`]*\s[^"'`]*\1/g, `$1${MASK}$1`)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return safe.slice(0, MAX_LENGTH).replace(/[\uD800-\uDBFF]$/, "");
}

function wholeWord(value: string): RegExp {
  const literal = value.toWellFormed().replace(/[$()*+.?[\\\]^{|}/]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, "gu");
}
