import assert from "node:assert/strict";
import {
  detectLocale,
  type Locale,
  localeOfPhone,
  localeOfText,
  locales,
} from "../../../shared/words/mod.ts";
import { normalise } from "../../../shared/words/normalise.ts";
import { tellingWords } from "../../../shared/words/telling-words.ts";

Deno.test("tellingWords tell: each is in one language alone, as normalise() leaves it", () => {
  const owner = new Map<string, Locale>();
  for (const locale of locales) {
    for (const word of new Set(tellingWords[locale].split(/\s+/))) {
      assert.equal(normalise(word), word);
      assert.equal(owner.get(word) ?? locale, locale, `"${word}" is in two languages`);
      owner.set(word, locale);
    }
  }
});

Deno.test("localeOfText() hears the language of a first message, however it is spelt", () => {
  const said: [string, Locale | null][] = [
    ["Hello", "en"],
    ["Ride please", "en"],
    ["GOOD MORNING I need a moto to Remera", "en"],
    ["Bonjour", "fr"],
    ["bnojour je veux une moto", "fr"],
    ["Bonjuor", null],
    ["Bonjoure", "fr"],
    ["Je voudrais aller à Kimironko s’il vous plaît", "fr"],
    ["Muraho", "rw"],
    ["MWARAMUSTE", null],
    ["mwaramuse", "rw"],
    ["Ndashaka moto ijya Remera", "rw"],
    ["Hi, nkeneye moto, ndi Kimironko", "rw"],
    ["Habari", "sw"],
    ["Habarii yako, nahitaji bodaboda", "sw"],
    ["Mambo vipi", "sw"],
    ["naomba usafri kwenda mjini", "sw"],
    ["Kigali Heights", null],
    ["moto", null],
    ["Hello, nshaka moto", null],
    ["0", null],
    ["🙂", null],
    ["", null],
  ];
  for (const [text, locale] of said) assert.equal(localeOfText(text), locale, text);
});

Deno.test("localeOfPhone() goes by the country, with or without a plus, and knows English else", () => {
  const numbers: [string, Locale][] = [
    ["+250788000001", "rw"],
    ["250788000001", "rw"],
    ["+254700000001", "sw"],
    ["+255700000001", "sw"],
    ["+25761000001", "fr"],
    ["+242060000001", "fr"],
    ["+243800000001", "fr"],
    ["+2250100000001", "fr"],
    ["+221700000001", "fr"],
    ["+33600000001", "fr"],
    ["+32470000001", "fr"],
    ["+256700000001", "en"],
    ["+27820000001", "en"],
    ["+447700900001", "en"],
    ["+15550100001", "en"],
    ["+2348000000001", "en"],
    ["+4915100000001", "en"],
    ["", "en"],
  ];
  for (const [phone, locale] of numbers) assert.equal(localeOfPhone(phone), locale, phone);
});

Deno.test("detectLocale() believes the words before the number, and knows nothing without either", () => {
  assert.equal(detectLocale({ text: "Bonjour", phone: "+250788000001" }), "fr");
  assert.equal(detectLocale({ text: "moto", phone: "+250788000001" }), "rw");
  assert.equal(detectLocale({ text: null, phone: "+254700000001" }), "sw");
  assert.equal(detectLocale({ text: "👋", phone: null }), null);
  assert.equal(detectLocale({}), null);
});
