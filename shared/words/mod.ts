export { type Locale, locales } from "./locale.ts";
export { detectLocale, localeOfPhone, localeOfText } from "./detect-locale.ts";
export { commandPhrases, type CommandWord, commandWords } from "./command-phrases.ts";
export { recognise } from "./recognise.ts";
export { recogniseVehicle } from "./vehicle-words.ts";
