import { type Locale, words } from "../words/mod.ts";
import { messageKinds } from "./kinds.ts";
import { templateName } from "./render-message.ts";
import { isMessageKind } from "./say.ts";
import { numberValues, templateLanguages } from "./templates.ts";

/** A template as it is registered at Meta. */
export interface TemplateDescription {
  readonly name: string;
  readonly language: string;
  readonly body: string;
  /** What {{1}}, {{2}}, … are. */
  readonly parameters: readonly string[];
  /** The titles of its quick replies. */
  readonly buttons: readonly string[];
}

/** Every template of one language, as docs/messages.md lists them. */
export function describeTemplates(locale: Locale): TemplateDescription[] {
  const spoken = words(locale);
  return Object.keys(messageKinds).filter(isMessageKind).flatMap((kind) => {
    const { template } = messageKinds[kind];
    if (template === undefined) return [];
    const { body, names } = numberValues(template, { words: spoken });
    return [{
      name: templateName(kind),
      language: templateLanguages[locale],
      body,
      parameters: names,
      buttons: template.replies("").map(({ title }) => spoken.t(title)),
    }];
  });
}
