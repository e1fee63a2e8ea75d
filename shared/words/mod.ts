export { type Locale, locales } from "./locale.ts";
export { type Words, words } from "./words.ts";
export type { MessageKey } from "./catalogue/en.ts";
export { detectLocale, localeOfPhone, localeOfText } from "./detect-locale.ts";
export { commandPhrases, type CommandWord, commandWords } from "./command-phrases.ts";
export { recognise } from "./recognise.ts";
export { recogniseVehicle } from "./vehicle-words.ts";
