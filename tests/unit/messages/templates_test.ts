import assert from "node:assert/strict";
import { describeTemplates, renderMessage } from "../../../shared/messages/mod.ts";
import { locales } from "../../../shared/words/mod.ts";
import { limits } from "../../../shared/whatsapp/mod.ts";
import { allSamples } from "./samples/all-samples.ts";
import { tripPageUrl } from "./samples/values.ts";

for (const locale of locales) {
  Deno.test(`describeTemplates() keeps Meta's rules for templates, in ${locale}`, () => {
    for (const { name, body, parameters, buttons } of describeTemplates(locale)) {
      const where = `${name} in ${locale}: ${body}`;
      const numbers = Array.from(body.matchAll(/\{\{(\d+)\}\}/g), ([, number]) => Number(number));
      assert.deepEqual(numbers, parameters.map((_, index) => index + 1), where);
      assert.doesNotMatch(body, /^\{\{|\}\}[.?!]?$|\}\} ?\{\{|\n|\t| {2}/, where);
      // Meta takes a body for an empty shell when it has fewer than about three words to a parameter.
      assert.ok(body.split(/\s+/).length >= 3 * parameters.length, where);
      assert.ok(buttons.length <= limits.templateButtons);
      assert.equal(new Set(buttons).size, buttons.length, where);
      for (const title of buttons) {
        assert.ok(title.length <= limits.buttonTitle, title);
        assert.doesNotMatch(title, /\p{Extended_Pictographic}/u, title);
      }
    }
  });

  Deno.test(`renderMessage() fills as many parameters as a template has, in ${locale}`, () => {
    const described = new Map(describeTemplates(locale).map((each) => [each.name, each]));
    for (const { kind, form, params } of allSamples()) {
      const message = renderMessage({ kind, params, locale, window_open: false }, { tripPageUrl });
      if (message?.type !== "template") continue;
      const template = described.get(message.name);
      assert.ok(template !== undefined, message.name);
      assert.equal(message.language, template.language);
      assert.equal(message.parameters.length, template.parameters.length, kind);
      assert.equal(message.buttons?.length ?? 0, template.buttons.length, kind);
      const body = template.body.replace(
        /\{\{(\d+)\}\}/g,
        (_, number) => message.parameters[Number(number) - 1] ?? "",
      );
      assert.ok(body.length <= limits.interactiveBody, `${kind} (${form}): ${body.length}`);
    }
  });
}

Deno.test("describeTemplates() describes the same templates in every language, by Meta's codes", () => {
  const english = describeTemplates("en");
  assert.equal(english.length, 13);
  for (const locale of locales) {
    const templates = describeTemplates(locale);
    assert.deepEqual(templates.map(({ name }) => name), english.map(({ name }) => name));
    for (const [index, { parameters }] of templates.entries()) {
      assert.deepEqual(parameters.toSorted(), english[index]?.parameters.toSorted());
    }
  }
  const codes = locales.map((locale) => describeTemplates(locale)[0]?.language);
  assert.deepEqual(codes, ["en", "fr", "rw_RW", "sw"]);
});

Deno.test("docs/messages.md has every template as it is sent, word for word", async () => {
  const docs = await Deno.readTextFile(new URL("../../../docs/messages.md", import.meta.url));
  for (const locale of locales) {
    for (const { name, language, body, parameters, buttons } of describeTemplates(locale)) {
      const entry = [
        language,
        body,
        ...(parameters.length > 0
          ? [parameters.map((each, index) => `{{${index + 1}}} ${each}`).join("  ")]
          : []),
        ...(buttons.length > 0 ? [buttons.map((title) => `[${title}]`).join(" ")] : []),
      ].join("\n");
      const section = docs.split(`### ${name}\n`)[1]?.split("\n###")[0] ?? "";
      assert.ok(
        section.includes(`\n${entry}\n`),
        `docs/messages.md lacks, under ${name}:\n${entry}`,
      );
    }
  }
});
