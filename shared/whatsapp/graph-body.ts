import type { InboundIdentity } from "./inbound.ts";
import type { GraphBody, OutboundMessage } from "./outbound.ts";
import { toWireId } from "./wire-ids.ts";

/**
 * Addresses a message. `callbackData` comes back with each of its statuses.
 * @throws {RangeError} when neither id of the recipient is known
 */
export function toGraphBody(
  message: OutboundMessage,
  to: InboundIdentity,
  { callbackData }: { readonly callbackData: string },
): GraphBody {
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    ...addressOf(to),
    ...contentOf(message),
    biz_opaque_callback_data: callbackData,
  };
}

/** Of both, Meta takes the number, which a person with a username may have left behind: so only one goes. */
function addressOf(to: InboundIdentity): Pick<GraphBody, "recipient" | "to"> {
  if (to.whatsapp_user_id !== null) return { recipient: to.whatsapp_user_id };
  if (to.phone !== null) return { to: to.phone.replace(/^\+/, "") };
  throw new RangeError("Cannot address a message to nobody");
}

function contentOf(message: OutboundMessage): { type: GraphBody["type"]; [key: string]: unknown } {
  switch (message.type) {
    case "text":
      return { type: "text", text: { body: message.body, preview_url: false } };
    case "buttons":
      return interactive("button", message.body, {
        buttons: message.buttons.map(({ id, title }) => ({
          type: "reply",
          reply: { id: toWireId(id), title },
        })),
      });
    case "list":
      return interactive("list", message.body, {
        button: message.button,
        sections: message.sections.map(({ title, rows }) => ({
          ...(title === undefined ? {} : { title }),
          rows: rows.map(({ id, title, description }) => ({
            id: toWireId(id),
            title,
            ...(description === undefined ? {} : { description }),
          })),
        })),
      });
    case "location_request":
      return interactive("location_request_message", message.body, { name: "send_location" });
    case "link":
      return interactive("cta_url", message.body, {
        name: "cta_url",
        parameters: { display_text: message.title, url: message.url },
      });
    case "template":
      return { type: "template", template: templateOf(message) };
  }
}

function interactive(
  type: string,
  body: string,
  action: Record<string, unknown>,
): { type: "interactive"; interactive: unknown } {
  return { type: "interactive", interactive: { type, body: { text: body }, action } };
}

function templateOf(message: Extract<OutboundMessage, { type: "template" }>): unknown {
  const body = message.parameters.length === 0 ? [] : [{
    type: "body",
    parameters: message.parameters.map((text) => ({ type: "text", text })),
  }];
  const buttons = (message.buttons ?? []).map((payload, index) => ({
    type: "button",
    sub_type: "quick_reply",
    index: String(index),
    parameters: [{ type: "payload", payload: toWireId(payload) }],
  }));
  const components = [...body, ...buttons];
  return {
    name: message.name,
    language: { code: message.language },
    ...(components.length === 0 ? {} : { components }),
  };
}
