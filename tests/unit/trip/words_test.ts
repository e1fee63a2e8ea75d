import assert from "node:assert/strict";
import { words } from "../../../shared/words/mod.ts";
import { english, LANGUAGES, loadWords, nearest } from "../../../web/trip/words.js";
import { words as en } from "../../../web/trip/words/en.js";
import { words as fr } from "../../../web/trip/words/fr.js";
import { words as rw } from "../../../web/trip/words/rw.js";
import { words as sw } from "../../../web/trip/words/sw.js";
import { catalogues } from "../../../shared/words/catalogue/catalogues.ts";

const page = { en, fr, rw, sw } as const;
const locales = ["en", "fr", "rw", "sw"] as const;

for (const locale of locales) {
  Deno.test(`the trip page's words in ${locale} have the texts and values of English, none empty`, () => {
    const source = Object.entries(en);
    assert.deepEqual(Object.keys(page[locale]).sort(), source.map(([key]) => key).sort());
    for (const [key, text] of Object.entries(page[locale])) {
      assert.notEqual(text.trim(), "", key);
      const english = source.find(([name]) => name === key)?.[1] ?? "";
      assert.deepEqual(valuesOf(text), valuesOf(english), key);
    }
  });

  Deno.test(`the trip page says in ${locale} what the chat says, where both say it`, () => {
    const chat = new Map(Object.entries(catalogues[locale]));
    let same = 0;
    for (const [key, text] of Object.entries(page[locale])) {
      const said = chat.get(key);
      // Counts are written in another way here.
      if (said === undefined || /\{\w+,/.test(said)) continue;
      assert.equal(text, said.replace(/^[✅📍] /u, ""), key);
      same++;
    }
    assert.ok(same > 20, `${same} texts`);
  });

  Deno.test(`Words in ${locale} write units as the chat does`, async () => {
    const spoken = await loadWords(locale);
    const chat = words(locale);
    assert.ok(spoken !== null);
    for (const metres of [3, 347, 994, 995, 1_234, 9_940, 9_960, 14_300]) {
      assert.equal(spoken.distance(metres), chat.distance(metres));
    }
    for (const seconds of [1, 70, 240, 3_600, 4_800, 7_260]) {
      assert.equal(spoken.duration(seconds), chat.duration(seconds));
    }
    assert.equal(spoken.money(12_450, "RWF"), chat.money(12_450, "RWF"));
    assert.equal(spoken.rating(4.75), chat.rating(4.75));
  });
}

Deno.test("Words.age() never says more than has passed", () => {
  assert.equal(english.age(59.9), "59 s");
  assert.equal(english.age(119), "1 min");
  assert.equal(english.age(3_725), "1 h 2 min");
});

Deno.test("nearest() finds a language of the page in a browser's tag", () => {
  assert.deepEqual(["fr-CD", "RW", "sw-TZ", "en-GB"].map(nearest), ["fr", "rw", "sw", "en"]);
  assert.deepEqual(["de", "", null].map(nearest), [null, null, null]);
  assert.deepEqual(Object.keys(LANGUAGES), [...locales]);
});

function valuesOf(text: string): string[] {
  return [...text.matchAll(/\{(\w+)/g)].map(([, name = ""]) => name).sort();
}
