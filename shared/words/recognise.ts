import {
  commandPhrases,
  commandSigns,
  type CommandWord,
  commandWords,
  leadingWords,
  politeEndings,
} from "./command-phrases.ts";
import { locales } from "./locale.ts";
import { normalise } from "./normalise.ts";

const SKIN_OR_VARIANT = /[\u{1F3FB}-\u{1F3FF}\uFE0F]/gu;

const phrases = new Map<string, CommandWord>(
  commandWords.flatMap((word) =>
    locales.flatMap((locale) =>
      commandPhrases[word][locale].map((phrase): [string, CommandWord] => [phrase, word])
    )
  ),
);
const leading = new Map<string, CommandWord>(
  commandWords.flatMap((word) =>
    (leadingWords[word] ?? []).map((first): [string, CommandWord] => [first, word])
  ),
);

/**
 * The command that a typed text is, in any of the languages, or null. With `whole` only when the text is
 * nothing else: what people write to each other during a ride begins with "hello" too.
 */
export function recognise(
  text: string,
  { whole = false }: { whole?: boolean } = {},
): CommandWord | null {
  const sign = text.trim().replace(SKIN_OR_VARIANT, "");
  if (Object.hasOwn(commandSigns, sign)) return commandSigns[sign] ?? null;
  const words = normalise(text);
  const exact = phrases.get(words) ?? phrases.get(withoutPoliteEnding(words));
  if (exact !== undefined || whole) return exact ?? null;
  return leading.get(words.split(" ", 1)[0] ?? "") ?? null;
}

function withoutPoliteEnding(words: string): string {
  const ending = politeEndings.find((polite) => words.endsWith(` ${polite}`));
  return ending === undefined ? words : words.slice(0, -ending.length - 1);
}
