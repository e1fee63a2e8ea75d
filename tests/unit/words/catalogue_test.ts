import assert from "node:assert/strict";
import { IntlMessageFormat } from "intl-messageformat";
import { locales, recognise } from "../../../shared/words/mod.ts";
import { catalogues } from "../../../shared/words/catalogue/catalogues.ts";
import type { MessageKey } from "../../../shared/words/catalogue/en.ts";

const others = ["fr", "rw", "sw"] as const;

/** Texts that are the same as in English on purpose. */
const sameAsEnglish: Readonly<Record<typeof others[number], readonly MessageKey[]>> = {
  fr: [
    "metres",
    "kilometres",
    "minutes",
    "hours",
    "hours_minutes",
    "stars",
    "rides_money",
    "vehicle_moto",
    "vehicle_lifan",
    "direction_distance",
    "button_home",
    "button_sos",
  ],
  rw: [
    "stars",
    "rides_money",
    "vehicle_moto",
    "direction_distance",
    "button_home",
    "button_sos",
    "relayed",
  ],
  sw: ["stars", "rides_money", "vehicle_lifan", "direction_distance", "button_sos", "relayed"],
};

const keys = keysOf(catalogues.en);

for (const locale of locales) {
  Deno.test(`the catalogue takes the values of English and no others, in ${locale}`, () => {
    for (const key of keys) {
      assert.deepEqual(valuesOf(catalogues[locale][key]), valuesOf(catalogues.en[key]), key);
    }
  });

  Deno.test(`the catalogue is typeset: one space, curly quotes, nothing around it, in ${locale}`, () => {
    for (const key of keys) {
      const text = catalogues[locale][key];
      assert.doesNotMatch(text, /'|\\|^\s|\s$| {2}|\n|\.\.\./, `${key}: ${text}`);
      assert.equal(text.split("“").length, text.split("”").length, key);
      assert.equal(text.split("«").length, text.split("»").length, key);
    }
  });

  Deno.test(`the catalogue names buttons by what is on them, in ${locale}`, () => {
    const titles = keys.filter((key) => /^(?:button|list)_/.test(key))
      .map((key) => catalogues[locale][key]);
    let named = 0;
    for (const key of keys) {
      for (const [, quoted = ""] of catalogues[locale][key].matchAll(/[“«] ?([^”»{]+?) ?[”»]/g)) {
        assert.ok(titles.includes(quoted), `${key} names a button "${quoted}" that is not there`);
        named++;
      }
    }
    assert.ok(named >= 10);
  });

  Deno.test(`the catalogue's help names words that are understood, in ${locale}`, () => {
    const named = (key: MessageKey): (string | null)[] =>
      Array.from(
        catalogues[locale][key].matchAll(/\*([^*]+)\*/g),
        ([, word = ""]) => recognise(word),
      );
    assert.deepEqual(named("help_words"), ["menu", "back", "cancel", "language", "help", "sos"]);
    assert.deepEqual(named("not_understood"), ["help"]);
  });

  Deno.test(`the catalogue's plurals are those ICU can choose, in ${locale}`, () => {
    const expected = locale === "rw" ? /^(?:=\d+|other)$/ : /^(?:=\d+|one|other)$/;
    for (const key of keys) {
      for (const form of pluralFormsOf(catalogues[locale][key])) assert.match(form, expected, key);
    }
  });
}

Deno.test("the catalogues of other languages have no English left in them", () => {
  for (const locale of others) {
    const same = keys.filter((key) => catalogues[locale][key] === catalogues.en[key]);
    assert.deepEqual(same.toSorted(), [...sameAsEnglish[locale]].toSorted(), locale);
  }
});

Deno.test("the catalogue has no text that nothing says", async () => {
  const sources = await readSources(["shared/words", "shared/messages"]);
  for (const key of keys) {
    assert.ok(sources.includes(`"${key}"`), `nothing says "${key}"`);
  }
});

function keysOf(catalogue: Readonly<Record<MessageKey, string>>): MessageKey[] {
  return Object.keys(catalogue).filter((key): key is MessageKey => Object.hasOwn(catalogue, key));
}

function valuesOf(text: string): string[] {
  const names = new Set<string>();
  visit(text, ({ value, type }) => {
    // Everything but literal text (0) and "#" (7) names a value.
    if (type !== 0 && type !== 7 && typeof value === "string") names.add(value);
  });
  return [...names].toSorted();
}

function pluralFormsOf(text: string): string[] {
  const forms: string[] = [];
  visit(text, ({ type, options }) => {
    if (type === 6) forms.push(...Object.keys(options ?? {}));
  });
  return forms;
}

interface Node {
  readonly type: number;
  readonly value?: unknown;
  readonly options?: Readonly<Record<string, { readonly value: readonly Node[] }>> | undefined;
}

function visit(text: string, seen: (node: Node) => void): void {
  const message = new IntlMessageFormat(text, "en", undefined, { ignoreTag: true });
  const walk = (nodes: readonly unknown[]): void => {
    for (const node of nodes) {
      if (!isNode(node)) continue;
      seen(node);
      for (const option of Object.values(node.options ?? {})) walk(option.value);
    }
  };
  walk(message.getAst());
}

function isNode(node: unknown): node is Node {
  return typeof node === "object" && node !== null && "type" in node;
}

async function readSources(folders: readonly string[]): Promise<string> {
  const root = new URL("../../../", import.meta.url);
  let text = "";
  for (const folder of folders) {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory && entry.name !== "catalogue") text += await readSources([path]);
      if (entry.isFile) text += await Deno.readTextFile(new URL(path, root));
    }
  }
  return text;
}
