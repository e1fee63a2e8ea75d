import assert from "node:assert/strict";
import type { ClaimedEvent } from "../../../shared/conversation/mod.ts";
import { answerTo, brief, ids, kigali, pin, tap, text } from "./events.ts";

type Person = Partial<ClaimedEvent["person"]>;
const stranger: Person = { locale_known: false, phone: null };
const rwandan: Person = { locale_known: false, phone: "+250788000001" };
const kenyan: Person = { locale_known: false, phone: "+254700000001" };

Deno.test("decide() takes the language from the first text, else from the number", () => {
  const languages: [string, Person, string][] = [
    ["Hello, I need a ride", rwandan, "en"],
    ["Bonjour, je cherche une moto", rwandan, "fr"],
    ["Muraho, ndashaka moto", kenyan, "rw"],
    ["Habari, nataka usafiri", rwandan, "sw"],
    ["ok", rwandan, "rw"],
    ["123", kenyan, "sw"],
  ];
  for (const [typed, person, locale] of languages) {
    assert.equal(answerTo(text(typed), { person }).locale, locale, typed);
  }
  assert.equal(answerTo(pin(kigali), { person: kenyan }).locale, "sw");
  // With neither, it stays what it is.
  assert.equal(answerTo(text("123"), { person: { ...stranger, locale: "fr" } }).locale, "fr");
});

Deno.test("decide() leaves a language that is known as it is", () => {
  const answer = answerTo(text("Bonjour"), { person: { locale: "rw" } });
  assert.equal("locale" in answer, false);
});

Deno.test("decide() welcomes a stranger whatever the first text is", () => {
  const first = brief(answerTo(text("qwertz"), { person: rwandan }));
  assert.deepEqual(first, { say: ["welcome"], command: null, step: "idle" });
});

Deno.test("decide() does at once what a stranger asks for", () => {
  const asked: [string, string[]][] = [
    ["ndashaka urugendo", ["choose_vehicle"]],
    ["SOS", ["refusal"]],
    ["help", ["help"]],
  ];
  for (const [typed, say] of asked) {
    assert.deepEqual(brief(answerTo(text(typed), { person: rwandan })).say, say, typed);
  }
});

Deno.test("decide() does not let a guess stand beside the language that is chosen", () => {
  const answer = answerTo(tap("lang:sw"), { person: rwandan });
  assert.deepEqual(answer.command, { name: "set_locale", locale: "sw" });
  assert.equal(answer.locale, undefined);
});

Deno.test("decide() takes no language from a task", () => {
  const task = { kind: "task", task: "search", trip_id: ids.passengerTrip } as const;
  assert.equal("locale" in answerTo(task, { person: rwandan }), false);
});
