import assert from "node:assert/strict";
import fc from "fast-check";
import { redact } from "../../../shared/whatsapp/redact.ts";

Deno.test("redact leaves what helps", () => {
  const kept = [
    "Message undeliverable",
    "Error 12345: more than 24 hours",
    "Parameter 'interactive.action.buttons[0].reply.title' is too long, of at most 20",
    "It can't be sent, Meta's server is down",
    "HTTP 400: template ride_update_2 does not exist in rw",
  ];
  for (const text of kept) assert.equal(redact(text), text);
});

Deno.test("redact takes out numbers, tokens, addresses and sentences", () => {
  const cases: [string, string][] = [
    ["to 250788000001 failed", "to … failed"],
    ["to +250 788-000 (001) failed", "to …) failed"],
    ["to RW.1000000000000000001 failed", "to RW.… failed"],
    ["token EAAGm0PX4ZCpsBAKZCdbCZA expired", "token … expired"],
    [`token ${"abcdefghij".repeat(4)} expired`, "token … expired"],
    ["for url (https://graph.facebook.com/v26.0/1/messages): refused", "for url (… refused"],
    ['body "Jean is near" is too long', 'body "…" is too long'],
    ["a\n\0b", "a b"],
    ["x ".repeat(300), "x ".repeat(150)],
  ];
  for (const [text, safe] of cases) assert.equal(redact(text), safe);
});

Deno.test("redact takes out the texts that it is told, as whole words", () => {
  assert.equal(
    redact("No: Jo (a+b) is not Joan", ["Jo", "(a+b)", "x", " "]),
    "No: … … is not Joan",
  );
  assert.equal(redact("title Jean-Bosco", ["Jean", "Jean-Bosco"]), "title …");
});

Deno.test("redact lets no number of six digits through, and at most 300 characters", () => {
  const parts = fc.array(fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[-+ ().\d]{1,20}$/),
    fc.constant('"'),
  ));
  fc.assert(fc.property(parts, fc.array(fc.string({ unit: "binary" })), (texts, known) => {
    const safe = redact(texts.join(""), known);
    assert.ok(!/\d{6}/.test(safe) && safe.length <= 300 && safe.isWellFormed(), safe);
  }));
});
