import type { Locale } from "../locale.ts";
import { en, type MessageKey } from "./en.ts";

/** Every text in every language, as ICU messages. */
export const catalogues: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = {
  en,
  fr: en,
  rw: en,
  sw: en,
};
