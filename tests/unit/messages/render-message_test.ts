import assert from "node:assert/strict";
import { RenderError, renderMessage, say } from "../../../shared/messages/mod.ts";
import { checkLimits, type OutboundMessage } from "../../../shared/whatsapp/mod.ts";
import { locales } from "../../../shared/words/mod.ts";
import { allSamples } from "./samples/all-samples.ts";
import { tripPageUrl } from "./samples/values.ts";

/** The contract's: who has been silent for a day is told these, as templates, and nothing else. */
const withTemplate = [
  "cancelled_by_driver",
  "cancelled_by_passenger",
  "driver_arrived",
  "nobody_accepted",
  "offer",
  "proposal",
  "receipt",
  "ride_accepted",
  "ride_done",
  "scheduled_reminder",
  "somebody_near",
  "sos_alert",
  "stay_online",
];

for (const locale of locales) {
  Deno.test(`renderMessage() keeps to WhatsApp's limits with any values, in ${locale}`, () => {
    for (const { kind, form, params } of allSamples()) {
      const said = JSON.stringify(params);
      const open = renderMessage({ kind, params, locale, window_open: true }, { tripPageUrl });
      assert.ok(open !== null, `${kind} says nothing`);
      assert.notEqual(open.type, "template");
      assert.deepEqual(checkLimits(open), [], `${kind} (${form}) in ${locale}: ${said}`);

      const closed = renderMessage({ kind, params, locale, window_open: false }, { tripPageUrl });
      assert.equal(closed?.type, withTemplate.includes(kind) ? "template" : undefined, kind);
      if (closed) assert.deepEqual(checkLimits(closed), [], `${kind} (${form}) in ${locale}`);
    }
  });

  Deno.test(`renderMessage() leaves no hole, key or half a person in its texts, in ${locale}`, () => {
    for (const { kind, form, params } of allSamples()) {
      for (const window_open of [true, false]) {
        const message = renderMessage({ kind, params, locale, window_open }, { tripPageUrl });
        for (const text of message ? textsOf(message) : []) {
          const where = `${kind} (${form}) in ${locale}: ${text}`;
          assert.doesNotMatch(text, /undefined|null|NaN|\[object|[{}]/, where);
          assert.doesNotMatch(text, /[\u202A-\u202E\u2066-\u2069\u202F]/, where);
          assert.doesNotMatch(text, /^\s|\s$| {2}|\n\n|\u200D…/, where);
          assert.ok(text.isWellFormed(), where);
        }
      }
    }
  });

  Deno.test(`renderMessage() cuts nothing of our own words, in ${locale}`, () => {
    for (const { kind, form, params } of allSamples()) {
      if (form === "longest" || kind === "relayed") continue;
      const message = renderMessage({ kind, params, locale, window_open: true }, { tripPageUrl });
      for (const text of message ? textsOf(message) : []) {
        assert.doesNotMatch(text, /…/, `${kind} in ${locale}: ${text}`);
      }
    }
  });

  Deno.test(`renderMessage() gives a template the buttons of the message, in ${locale}`, () => {
    for (const { kind, form, params } of allSamples()) {
      if (form !== "typical" || !withTemplate.includes(kind)) continue;
      const open = renderMessage({ kind, params, locale, window_open: true }, { tripPageUrl });
      const closed = renderMessage({ kind, params, locale, window_open: false }, { tripPageUrl });
      assert.ok(open !== null && closed?.type === "template");
      const ids = idsOf(open);
      const payloads = closed.buttons ?? [];
      for (const payload of payloads) assert.ok(ids.includes(payload), `${kind}: ${payload}`);
      // Of a list of five ratings a template has three.
      if (open.type !== "list") assert.deepEqual(payloads, ids, kind);
    }
  });
}

Deno.test("renderMessage() throws RenderError for a kind that does not exist, naming no value", () => {
  for (const kind of ["no_such_kind", "constructor", ""]) {
    assert.throws(
      () => renderMessage({ kind, params: {}, locale: "en", window_open: true }, { tripPageUrl }),
      RenderError,
    );
  }
});

Deno.test("renderMessage() throws RenderError for wrong values, naming the fields alone", () => {
  const params = { match_id: "secret-1", driver_name: 5, rating_count: 1, vehicle_type: "moto" };
  for (const window_open of [true, false]) {
    assert.throws(
      () =>
        renderMessage({ kind: "ride_accepted", params, locale: "en", window_open }, {
          tripPageUrl,
        }),
      (error) => {
        assert.ok(error instanceof RenderError);
        assert.match(error.message, /match_id, driver_name, pin, link_token/);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});

Deno.test("renderMessage() ignores values it does not know and rounds what is no whole number", () => {
  const message = renderMessage({
    kind: "offline",
    params: { rides: 2, earnings: 1450.4, currency: "RWF", invented: [1] },
    locale: "en",
    window_open: true,
  }, { tripPageUrl });
  assert.equal(message?.type, "buttons");
  assert.match(textsOf(message)[0] ?? "", /2 rides · RWF\u00A01,450\./);
});

Deno.test("say() gives kind and params", () => {
  assert.deepEqual(say("gone", { what: "trip" }), { kind: "gone", params: { what: "trip" } });
});

function textsOf(message: OutboundMessage): string[] {
  switch (message.type) {
    case "buttons":
      return [message.body, ...message.buttons.map(({ title }) => title)];
    case "list":
      return [
        message.body,
        message.button,
        ...message.sections.flatMap(({ rows }) =>
          rows.flatMap(({ title, description }) => description ? [title, description] : [title])
        ),
      ];
    case "link":
      return [message.body, message.title];
    case "template":
      return [...message.parameters];
    case "text":
    case "location_request":
      return [message.body];
  }
}

function idsOf(message: OutboundMessage): string[] {
  if (message.type === "buttons") return message.buttons.map(({ id }) => id);
  if (message.type === "list") {
    return message.sections.flatMap(({ rows }) => rows.map(({ id }) => id));
  }
  return [];
}
