import assert from "node:assert/strict";
import {
  commandPhrases,
  type CommandWord,
  commandWords,
  locales,
  recognise,
  recogniseVehicle,
} from "../../../shared/words/mod.ts";
import { leadingWords, politeEndings } from "../../../shared/words/command-phrases.ts";
import { normalise } from "../../../shared/words/normalise.ts";

Deno.test("recognise() knows every phrase of every language, and none means two things", () => {
  const meaning = new Map<string, CommandWord>();
  for (const word of commandWords) {
    for (const locale of locales) {
      assert.ok(commandPhrases[word][locale].length > 0, `${word} cannot be said in ${locale}`);
      for (const phrase of commandPhrases[word][locale]) {
        assert.equal(normalise(phrase), phrase, "a phrase is written as normalise() leaves it");
        assert.equal(meaning.get(phrase) ?? word, word, `"${phrase}" means two things`);
        meaning.set(phrase, word);
        assert.equal(recognise(phrase), word);
        assert.equal(recognise(phrase, { whole: true }), word);
      }
    }
  }
  for (const word of commandWords) {
    for (const first of leadingWords[word] ?? []) {
      assert.equal(meaning.get(first) ?? word, word, `"${first}" means two things`);
    }
  }
  for (const polite of politeEndings) assert.equal(meaning.get(polite), undefined);
});

Deno.test("recognise() does not mind case, accents, signs, drawn-out letters, emoji and politeness", () => {
  const said: [string, CommandWord][] = [
    ["  MENU! ", "menu"],
    ["Hellooooo 👋🏾", "greeting"],
    ["Bonjour, je veux une moto", "greeting"],
    ["Aujourd’hui", "today"],
    ["Précédent", "back"],
    ["à l'aide !!!", "sos"],
    ["Annuler s'il vous plaît", "cancel"],
    ["cancel please", "cancel"],
    ["Hagarika nyamuneka", "cancel"],
    ["Msaada, tafadhali", "help"],
    ["D'accord 👌", "yes"],
    ["👍🏿", "yes"],
    ["🆘", "sos"],
    ["?", "help"],
    ["Ndi umumotari.", "drive"],
    ["Nataka boda!", "ride"],
    ["cancel the ride to Remera", "cancel"],
  ];
  for (const [text, word] of said) assert.equal(recognise(text), word, text);
});

Deno.test("recognise() leaves places, names, numbers and sentences alone", () => {
  const texts = [
    "Kigali Heights",
    "No. 5, KG 11 Ave",
    "Stop & Shop Kimironko",
    "SOS Village Kacyiru",
    "Stade Amahoro",
    "Jambo hotel",
    "Safari Center",
    "Menuiserie Gikondo",
    "Today Bar",
    "Hotel des Mille Collines",
    "Yes Garage",
    "Ngwino hano",
    "ndahari",
    "5",
    "0",
    "4821",
    "RAD 123 B",
    "",
    "   ",
    "🙂",
    "constructor",
  ];
  for (const text of texts) assert.equal(recognise(text), null, text);
});

Deno.test("recognise(whole) takes nothing that goes on after its first word", () => {
  assert.equal(recognise("Hello, I am at the gate", { whole: true }), null);
  assert.equal(recognise("cancel the meeting, I am late", { whole: true }), null);
  assert.equal(recognise("Cancel, please", { whole: true }), "cancel");
});

Deno.test("recogniseVehicle() knows the everyday words for a vehicle, and no sentence", () => {
  const said: [string, string | null][] = [
    ["Moto", "moto"],
    ["boda boda", "moto"],
    ["Pikipiki!", "moto"],
    ["Taxi", "cab"],
    ["imodoka", "cab"],
    ["Lifan", "lifan"],
    ["Camion", "truck"],
    ["lori", "truck"],
    ["taxi park Nyabugogo", null],
    ["", null],
  ];
  for (const [text, code] of said) assert.equal(recogniseVehicle(text), code, text);
});
