import assert from "node:assert/strict";
import { z } from "zod";
import { renderMessage } from "../../../shared/messages/mod.ts";
import { checkLimits, fromWireId, toGraphBody } from "../../../shared/whatsapp/mod.ts";
import type { Locale } from "../../../shared/words/mod.ts";
import type { World } from "../stack.ts";
import type { Identity, Told } from "../../../scripts/stack/graph/stand-in-client.ts";

/** A button or a row that can be tapped; the id as the conversation knows it. */
export interface Choice {
  readonly id: string;
  readonly title: string;
}

/** A message as the person reads it, with what the outbox knows of it. */
export interface Received {
  readonly n: number;
  readonly message_id: string;
  readonly outbox_id: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** "text", "button", "list", "location_request_message", "cta_url" or "template". */
  readonly type: string;
  /** Its text; of a template its parameters, a line each. */
  readonly text: string;
  readonly choices: readonly Choice[];
}

const message = z.looseObject({
  type: z.enum(["text", "interactive", "template"]),
  biz_opaque_callback_data: z.string(),
  text: z.object({ body: z.string() }).optional(),
  interactive: z.object({
    type: z.string(),
    body: z.object({ text: z.string() }),
    action: z.object({
      buttons: z.array(z.object({ reply: z.object({ id: z.string(), title: z.string() }) }))
        .default([]),
      sections: z.array(
        z.object({ rows: z.array(z.object({ id: z.string(), title: z.string() })) }),
      ).default([]),
    }),
  }).optional(),
  template: z.object({
    components: z.array(z.object({
      type: z.string(),
      parameters: z.array(
        z.object({ text: z.string().optional(), payload: z.string().optional() }),
      ),
    })).default([]),
  }).optional(),
});

const row = z.object({ kind: z.string(), params: z.record(z.string(), z.unknown()) });

/**
 * Reads a message, and holds it against the outbox: it is what that row says in the person's language, word
 * for word, and nothing that WhatsApp would refuse.
 */
export async function readMessage(
  world: World,
  told: Told,
  { to, locale }: { to: Identity; locale: Locale },
): Promise<Received> {
  const { to: _to, recipient: _recipient, ...content } = told.message;
  const parsed = message.parse(content);
  const callbackData = parsed.biz_opaque_callback_data;
  const outbox_id = callbackData.replace(/^outbox:/, "");
  const [stored] = await world.sql`
    select kind, params from mobility.outbox where id = ${outbox_id}`;
  const { kind, params } = row.parse(stored);
  const rendered = renderMessage(
    { kind, params, locale, window_open: parsed.type !== "template" },
    { tripPageUrl: `${world.info.api_url}/trip` },
  );
  assert.ok(rendered, `${kind} can be said`);
  assert.deepEqual(checkLimits(rendered), [], `${kind} in ${locale} is within WhatsApp's limits`);
  const { to: _, recipient: __, ...expected } = toGraphBody(rendered, to, { callbackData });
  assert.deepEqual(content, expected, `${kind} is said in ${locale}`);
  return {
    n: told.n,
    message_id: told.message_id,
    outbox_id,
    kind,
    params,
    type: parsed.interactive?.type ?? parsed.type,
    text: textOf(parsed),
    choices: choicesOf(parsed),
  };
}

function textOf({ text, interactive, template }: z.infer<typeof message>): string {
  if (template !== undefined) {
    const body = template.components.find(({ type }) => type === "body");
    return body?.parameters.map((parameter) => parameter.text ?? "").join("\n") ?? "";
  }
  return text?.body ?? interactive?.body.text ?? "";
}

function choicesOf({ interactive, template }: z.infer<typeof message>): Choice[] {
  const payloads = template?.components
    .filter(({ type }) => type === "button")
    .flatMap(({ parameters }) => parameters.map(({ payload = "" }) => payload)) ?? [];
  return [
    ...interactive?.action.buttons.map(({ reply }) => reply) ?? [],
    ...interactive?.action.sections.flatMap(({ rows }) => rows) ?? [],
    ...payloads.map((id) => ({ id, title: id })),
  ].map(({ id, title }) => ({ id: ownId(id), title }));
}

function ownId(wireId: string): string {
  const id = fromWireId(wireId);
  assert.ok(id, `${wireId} cannot be another system's`);
  return id;
}
