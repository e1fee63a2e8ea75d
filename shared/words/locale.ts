/** The languages the chat speaks. */
export const locales = ["en", "fr", "rw", "sw"] as const;

/** One of the languages the chat speaks. */
export type Locale = typeof locales[number];

/**
 * Whose numbers and plurals ICU writes. It knows no Kinyarwanda and would take the machine's language; CLDR 48
 * gives rw the separators and currency pattern of English, and no plural but "other".
 */
export const intlLocale: Readonly<Record<Locale, string>> = {
  en: "en",
  fr: "fr",
  rw: "en",
  sw: "sw",
};
