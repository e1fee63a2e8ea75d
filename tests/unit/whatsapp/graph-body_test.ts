import assert from "node:assert/strict";
import { type OutboundMessage, toGraphBody } from "../../../shared/whatsapp/mod.ts";

const phone = { whatsapp_user_id: null, phone: "+250788000001" };
const callbackData = "outbox:3f2f8a54-5a0f-4a33-9f6e-0b7a3c1d2e4f";

/** What a message looks like without its envelope. */
function contentOf(message: OutboundMessage): unknown {
  const { messaging_product, recipient_type, to, biz_opaque_callback_data, ...content } =
    toGraphBody(message, phone, { callbackData });
  assert.deepEqual([messaging_product, recipient_type, to, biz_opaque_callback_data], [
    "whatsapp",
    "individual",
    "250788000001",
    callbackData,
  ]);
  return content;
}

Deno.test("toGraphBody addresses by business-scoped user id before the number, and never by both", () => {
  const text: OutboundMessage = { type: "text", body: "Hi" };
  assert.deepEqual(
    toGraphBody(text, { ...phone, whatsapp_user_id: "RW.1" }, { callbackData }),
    {
      messaging_product: "whatsapp",
      recipient_type: "individual",
      recipient: "RW.1",
      type: "text",
      text: { body: "Hi", preview_url: false },
      biz_opaque_callback_data: callbackData,
    },
  );
  const nobody = { whatsapp_user_id: null, phone: null };
  assert.throws(() => toGraphBody(text, nobody, { callbackData }), RangeError);
});

// As documented, see the Cloud API's message reference.
const documented: [OutboundMessage, unknown][] = [
  [{ type: "text", body: "…" }, { type: "text", text: { body: "…", preview_url: false } }],
  [
    { type: "buttons", body: "…", buttons: [{ id: "accept:42", title: "Accept" }] },
    {
      type: "interactive",
      interactive: {
        type: "button",
        body: { text: "…" },
        action: {
          buttons: [{ type: "reply", reply: { id: "mobility2:accept:42", title: "Accept" } }],
        },
      },
    },
  ],
  [
    {
      type: "list",
      body: "…",
      button: "Choose",
      sections: [{
        title: "Drivers",
        rows: [
          { id: "driver:7", title: "Jean", description: "4 min" },
          { id: "best", title: "Best" },
        ],
      }],
    },
    {
      type: "interactive",
      interactive: {
        type: "list",
        body: { text: "…" },
        action: {
          button: "Choose",
          sections: [{
            title: "Drivers",
            rows: [
              { id: "mobility2:driver:7", title: "Jean", description: "4 min" },
              { id: "mobility2:best", title: "Best" },
            ],
          }],
        },
      },
    },
  ],
  [
    { type: "list", body: "…", button: "Choose", sections: [{ rows: [{ id: "a", title: "A" }] }] },
    {
      type: "interactive",
      interactive: {
        type: "list",
        body: { text: "…" },
        action: { button: "Choose", sections: [{ rows: [{ id: "mobility2:a", title: "A" }] }] },
      },
    },
  ],
  [
    { type: "location_request", body: "…" },
    {
      type: "interactive",
      interactive: {
        type: "location_request_message",
        body: { text: "…" },
        action: { name: "send_location" },
      },
    },
  ],
  [
    { type: "link", body: "…", title: "Track", url: "https://example.com/" },
    {
      type: "interactive",
      interactive: {
        type: "cta_url",
        body: { text: "…" },
        action: {
          name: "cta_url",
          parameters: { display_text: "Track", url: "https://example.com/" },
        },
      },
    },
  ],
  [
    {
      type: "template",
      name: "ride_update",
      language: "en",
      parameters: ["5 min"],
      buttons: ["a:1", "b:1"],
    },
    {
      type: "template",
      template: {
        name: "ride_update",
        language: { code: "en" },
        components: [
          { type: "body", parameters: [{ type: "text", text: "5 min" }] },
          {
            type: "button",
            sub_type: "quick_reply",
            index: "0",
            parameters: [{ type: "payload", payload: "mobility2:a:1" }],
          },
          {
            type: "button",
            sub_type: "quick_reply",
            index: "1",
            parameters: [{ type: "payload", payload: "mobility2:b:1" }],
          },
        ],
      },
    },
  ],
  [
    { type: "template", name: "hello", language: "rw", parameters: [] },
    { type: "template", template: { name: "hello", language: { code: "rw" } } },
  ],
];

for (const [message, content] of documented) {
  Deno.test(`toGraphBody writes a ${message.type} as documented: ${JSON.stringify(message)}`, () => {
    assert.deepEqual(contentOf(message), content);
  });
}
