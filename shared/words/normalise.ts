const MARKS = /\p{M}/gu;
const APOSTROPHES = /['’‘ʼ`´]/gu;
const OTHER_SIGNS = /[^\p{L}\p{N}]+/gu;
const LONG_DRAWN = /(\p{L})\1{2,}/gu;

/** A typed text as its bare words: lower case, no accents, signs or emoji, "hellooo" as "hello". */
export function normalise(text: string): string {
  return text.normalize("NFKD").replace(MARKS, "").replace(APOSTROPHES, "").toLowerCase()
    .replace(OTHER_SIGNS, " ").replace(LONG_DRAWN, "$1").trim();
}
