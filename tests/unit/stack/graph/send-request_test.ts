import assert from "node:assert/strict";
import { GraphError } from "../../../../scripts/stack/graph/graph-error.ts";
import { GRAPH_LIMITS, parseSendRequest } from "../../../../scripts/stack/graph/send-request.ts";

const TO = { messaging_product: "whatsapp", recipient_type: "individual", to: "250788000001" };

function interactive(part: Record<string, unknown>): Record<string, unknown> {
  return { ...TO, type: "interactive", interactive: { body: { text: "Body" }, ...part } };
}

function buttons(...titles: string[]): Record<string, unknown> {
  const made = titles.map((title, index) => ({
    type: "reply",
    reply: { id: `b:${index}`, title },
  }));
  return interactive({ type: "button", action: { buttons: made } });
}

function list(sections: unknown[], button = "Choose"): Record<string, unknown> {
  return interactive({ type: "list", action: { button, sections } });
}

function rows(count: number, from = 0): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({ id: `r:${from + index}`, title: "Row" }));
}

function link(url: string): Record<string, unknown> {
  const parameters = { display_text: "Track", url };
  return interactive({ type: "cta_url", action: { name: "cta_url", parameters } });
}

const ask = { type: "location_request_message", action: { name: "send_location" } };
const template = { name: "ride_update", language: { code: "en" } };
const payload = { type: "payload", payload: "again:42" };

const TAKEN: Readonly<Record<string, unknown>> = {
  "a text": { ...TO, type: "text", text: { body: "x".repeat(4096), preview_url: false } },
  "a text to a business-scoped id": {
    messaging_product: "whatsapp",
    recipient: "RW.1000000000000000001",
    type: "text",
    text: { body: "Hi" },
    biz_opaque_callback_data: "outbox:1",
  },
  "three buttons": buttons("One", "Two", "x".repeat(20)),
  "a list of ten rows": list([{ title: "Near", rows: rows(5) }, {
    title: "Far",
    rows: rows(5, 5),
  }]),
  "a request for the location": interactive(ask),
  "a link": link("http://127.0.0.1:54321/trip#token"),
  "a location": { ...TO, type: "location", location: { latitude: "-1.95", longitude: 30.06 } },
  "a template": {
    ...TO,
    type: "template",
    template: {
      ...template,
      components: [
        { type: "body", parameters: [{ type: "text", text: "5 min" }] },
        { type: "button", sub_type: "quick_reply", index: 0, parameters: [payload] },
      ],
    },
  },
  "a read mark with typing": {
    messaging_product: "whatsapp",
    status: "read",
    message_id: "wamid.A",
    typing_indicator: { type: "text" },
  },
};

for (const [name, body] of Object.entries(TAKEN)) {
  Deno.test(`parseSendRequest() takes ${name}`, () => {
    assert.deepEqual(parseSendRequest(body), body);
  });
}

const { to: _to, ...NOBODY } = TO;
const REFUSED: Readonly<Record<string, readonly [code: number, body: unknown]>> = {
  "no object": [100, "text"],
  "an unknown type": [100, { ...TO, type: "sticker", sticker: {} }],
  "an unknown field": [100, { ...TO, type: "text", text: { body: "Hi", bold: true } }],
  "no type": [131008, { ...TO, text: { body: "Hi" } }],
  "a text without its body": [131008, { ...TO, type: "text", text: {} }],
  "nobody to send to": [131008, { ...NOBODY, type: "text", text: { body: "Hi" } }],
  "both to and recipient": [131009, {
    ...TO,
    recipient: "RW.1",
    type: "text",
    text: { body: "Hi" },
  }],
  "an empty text": [131009, { ...TO, type: "text", text: { body: "" } }],
  "a long text": [131009, { ...TO, type: "text", text: { body: "x".repeat(4097) } }],
  "four buttons": [131009, buttons("One", "Two", "Three", "Four")],
  "a long button": [131009, buttons("x".repeat(21))],
  "two buttons of one title": [131009, buttons("One", "One")],
  "eleven rows in two sections": [
    131009,
    list([
      { title: "Near", rows: rows(6) },
      { title: "Far", rows: rows(5, 6) },
    ]),
  ],
  "two sections of which one has no title": [
    131009,
    list([
      { title: "Near", rows: rows(1) },
      { rows: rows(1, 1) },
    ]),
  ],
  "two rows of one id": [131009, list([{ rows: [...rows(1), ...rows(1)] }])],
  "a long row title": [131009, list([{ rows: [{ id: "r", title: "x".repeat(25) }] }])],
  "a long row description": [
    131009,
    list([{
      rows: [{ id: "r", title: "Row", description: "x".repeat(73) }],
    }]),
  ],
  "a long list button": [131009, list([{ rows: rows(1) }], "x".repeat(21))],
  "a long interactive body": [131009, interactive({ ...ask, body: { text: "x".repeat(1025) } })],
  "a link that is no web address": [131009, link("javascript:alert(1)")],
  "a long callback": [131009, {
    ...TO,
    type: "text",
    text: { body: "Hi" },
    biz_opaque_callback_data: "x".repeat(GRAPH_LIMITS.callbackData + 1),
  }],
};

for (const [name, [code, body]] of Object.entries(REFUSED)) {
  Deno.test(`parseSendRequest() refuses ${name} with ${code}`, () => {
    assert.throws(() => parseSendRequest(body), (error: unknown) => {
      assert.ok(error instanceof GraphError);
      assert.equal(error.code, code);
      return true;
    });
  });
}
