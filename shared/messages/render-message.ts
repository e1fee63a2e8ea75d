import type { OutboundMessage } from "../whatsapp/mod.ts";
import { type Locale, words } from "../words/mod.ts";
import { messageKinds } from "./kinds.ts";
import { isMessageKind, type MessageKind, type ParsedParams } from "./say.ts";
import type { Scene } from "./scene.ts";
import { numberValues, type Template, templateLanguages } from "./templates.ts";
import { tidy } from "./tidy.ts";

const PARAMETER = 300;

/** A message to say, as the outbox keeps it. */
export interface UnrenderedMessage {
  readonly kind: string;
  readonly params: unknown;
  readonly locale: Locale;
  /** Whether the person has written in the last 24 hours; if not, only a template reaches them. */
  readonly window_open: boolean;
}

/** A message that cannot be put into words, now or later. It carries the names of fields, no values. */
export class RenderError extends Error {
  override readonly name = "RenderError";
}

/**
 * Puts a message into a person's words; null when it may not be said now, because the person has been silent
 * for a day and the kind has no template.
 * @throws RenderError for a kind that does not exist, or values that are not those of the kind
 */
export function renderMessage(
  message: UnrenderedMessage,
  { tripPageUrl }: { tripPageUrl: string },
): OutboundMessage | null {
  const { kind, params, locale, window_open } = message;
  if (!isMessageKind(kind)) throw new RenderError("There is no such kind of message");
  const scene = { words: words(locale), tripPageUrl };
  return render(kind, { params, scene, windowOpen: window_open });
}

function render<K extends MessageKind>(
  kind: K,
  { params, scene, windowOpen }: { params: unknown; scene: Scene; windowOpen: boolean },
): OutboundMessage | null {
  const definition = messageKinds[kind];
  const parsed = definition.params.safeParse(params ?? {});
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join(".") || "params");
    throw new RenderError(`${kind} cannot be said, these values are wrong: ${fields.join(", ")}`);
  }
  if (windowOpen) return definition.render(parsed.data, scene);
  const template: Template<ParsedParams<K>> | undefined = definition.template;
  return template === undefined ? null : fill(kind, { template, params: parsed.data, scene });
}

function fill<P>(
  kind: MessageKind,
  { template, params, scene }: { template: Template<P>; params: P; scene: Scene },
): OutboundMessage {
  const { names } = numberValues(template, scene);
  const replies = template.replies(template.subject(params));
  return {
    type: "template",
    name: templateName(kind),
    language: templateLanguages[scene.words.locale],
    // Meta refuses parameters with line breaks or rows of spaces.
    parameters: names.map((name) => tidy(template.values[name]?.(params, scene) ?? "", PARAMETER)),
    ...(replies.length > 0 && { buttons: replies.map(({ id }) => id) }),
  };
}

/** What the template of a kind is called at Meta. */
export function templateName(kind: MessageKind): string {
  return `mobility_${kind}`;
}
