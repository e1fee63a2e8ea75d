import { type Locale, locales } from "./locale.ts";
import { normalise } from "./normalise.ts";
import { tellingWords } from "./telling-words.ts";

const localeOfWord = new Map<string, Locale>(
  locales.flatMap((locale) =>
    tellingWords[locale].split(/\s+/).map((word): [string, Locale] => [word, locale])
  ),
);

const countryCodes: Readonly<Record<string, Locale>> = {
  // Rwanda.
  "250": "rw",
  // Kenya, Tanzania.
  "254": "sw",
  "255": "sw",
  // Central and West Africa, the islands, France, Belgium, Monaco.
  ...Object.fromEntries(
    [
      ["221", "223", "224", "225", "226", "227", "228", "229", "235", "236", "237", "241", "242"],
      ["243", "253", "257", "261", "262", "269", "32", "33", "377"],
    ].flat().map((code): [string, Locale] => [code, "fr"]),
  ),
};

const MISSPELLABLE = 6;

/** The language of a first message, else of the country of the number, else null. */
export function detectLocale(
  { text, phone }: { text?: string | null; phone?: string | null },
): Locale | null {
  const spoken = text ? localeOfText(text) : null;
  return spoken ?? (phone ? localeOfPhone(phone) : null);
}

/** The language that most telling words of a text are from, misspelt ones counting half; null when even. */
export function localeOfText(text: string): Locale | null {
  const points: Record<Locale, number> = { en: 0, fr: 0, rw: 0, sw: 0 };
  for (const word of normalise(text).split(" ")) {
    const locale = localeOfWord.get(word);
    if (locale !== undefined) points[locale] += 2;
    else for (const near of localesOfMisspelt(word)) points[near] += 1;
  }
  const [first, second] = locales.toSorted((a, b) => points[b] - points[a]);
  return first !== undefined && second !== undefined && points[first] > points[second]
    ? first
    : null;
}

/** The language most spoken to a stranger in the country of an E.164 number; English where none is known. */
export function localeOfPhone(phone: string): Locale {
  const digits = phone.replace(/\D/g, "");
  // No country code begins another, so the order does not matter.
  const code = Object.keys(countryCodes).find((prefix) => digits.startsWith(prefix));
  return (code === undefined ? undefined : countryCodes[code]) ?? "en";
}

function localesOfMisspelt(word: string): Set<Locale> {
  const near = new Set<Locale>();
  if (word.length < MISSPELLABLE) return near;
  for (const [known, locale] of localeOfWord) {
    if (known.length >= MISSPELLABLE && isOneEditAway(word, known)) near.add(locale);
  }
  return near;
}

/** Whether one letter more, less or another makes one word of the other. */
function isOneEditAway(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  const rest = short.length === long.length ? start + 1 : start;
  return short.slice(rest) === long.slice(start + 1);
}
