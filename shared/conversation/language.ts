import { say } from "../messages/mod.ts";
import { detectLocale, type Locale } from "../words/mod.ts";
import { type Answer, reply } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";

/** Asks for the language; the step stays. */
export function chooseLanguage(event: ClaimedEvent): Answer {
  return reply(event, { say: [say("choose_language", {})] });
}

/** Takes the language that was chosen; the step stays. */
export function setLanguage(event: ClaimedEvent, locale: Locale): Answer {
  return reply(event, { command: { name: "set_locale", locale } });
}

/** Adds the language that a person's first message, or else their number, tells. */
export function withLocale(event: ClaimedEvent, answer: Answer): Answer {
  const { person, event: { content } } = event;
  // What is chosen needs no guess.
  const isChosen = person.locale_known || answer.command?.name === "set_locale";
  if (isChosen || content.kind === "task") return answer;
  const locale = detectLocale({
    text: content.kind === "text" ? content.text : null,
    phone: person.phone,
  });
  return { ...answer, locale: locale ?? person.locale };
}
