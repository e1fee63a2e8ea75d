import assert from "node:assert/strict";
import { compare } from "../../../scripts/simulate/compare.ts";
import { comparisonPage } from "../../../scripts/simulate/report/comparison-page.ts";
import { resultPage } from "../../../scripts/simulate/report/result-page.ts";
import { results } from "../../../scripts/simulate/results.ts";
import { madeUpResult } from "./support/made-up-result.ts";

const PAGES = {
  "resultPage()": resultPage(madeUpResult({ city: "a<b>.csv" })),
  "comparisonPage()": comparisonPage(
    compare(madeUpResult({ city: "a<b>.csv" }), madeUpResult({ city: "a<b>.csv", farther: 40 })),
  ),
};

for (const [name, html] of Object.entries(PAGES)) {
  Deno.test(`${name} is one file that loads nothing and runs nothing`, () => {
    const addresses = html.match(/\b(?:src|href|url)\s*[=(]\s*["']?[^"')\s>]+/g) ?? [];
    assert.deepEqual(addresses.filter((address) => !address.includes("#")), []);
    assert.ok(!html.includes("<script"));
    assert.match(html, /<meta name="viewport"/);
  });

  Deno.test(`${name} draws its plots, and has no hole where a figure belongs`, () => {
    assert.ok((html.match(/<svg /g) ?? []).length >= 5);
    assert.ok(!/NaN|undefined|Infinity/.test(html));
  });

  Deno.test(`${name} shows a file's name as text`, () => {
    assert.ok(!html.includes("a<b>"));
    assert.ok(html.includes("a&lt;b&gt;.csv"));
  });
}

Deno.test("resultPage() draws a result in which nothing happened", () => {
  const { drivers, ...rest } = madeUpResult();
  const requests = rest.requests.slice(0, 1);
  const html = resultPage({
    ...rest,
    requests,
    drivers: drivers.slice(0, 0),
    timeline: [],
    idle_places: [],
  });
  assert.ok(!/NaN|undefined|Infinity/.test(html));
});

Deno.test("results reads what it writes", () => {
  const result = madeUpResult();
  assert.deepEqual(results.parse(JSON.parse(JSON.stringify(result))), result);
  assert.ok(!results.safeParse({ ...result, version: 2 }).success);
});
