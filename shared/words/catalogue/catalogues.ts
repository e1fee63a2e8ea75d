import type { Locale } from "../locale.ts";
import { en, type MessageKey } from "./en.ts";
import { fr } from "./fr.ts";
import { rw } from "./rw.ts";
import { sw } from "./sw.ts";

/** Every text in every language, as ICU messages. */
export const catalogues: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = {
  en,
  fr,
  rw,
  sw,
};
