import assert from "node:assert/strict";
import { renderDocument } from "../../../scripts/results/render-document.ts";
import type { Section } from "../../../scripts/results/section.ts";
import { SOURCE } from "./reports.ts";

const section: Section = {
  ...SOURCE,
  title: "1,000 people",
  command: "deno task load city",
  about: "People.",
  promises: [
    { promise: "fast", measured: "1 ms", kept: true },
    { promise: "right", measured: "a | b", kept: false },
  ],
  tables: [{ heads: ["a", "b"], rows: [["1", "2"]] }, { heads: ["empty"], rows: [] }],
};

Deno.test("renderDocument() has one table of all promises before the sections, those not kept first", () => {
  const text = renderDocument([{ ...section, promises: section.promises.slice(0, 1) }, section], {
    unmeasured: [],
  });
  const [top = "", ...sections] = text.split("\n## 1,000 people\n");
  assert.equal(sections.length, 2);
  assert.match(top, /^2 of 3 were kept\.$/m);
  assert.deepEqual(top.split("\n").filter((line) => /\bkept\*{0,2} \|/.test(line)), [
    "| **not kept** | right | a \\| b | [1,000 people](#1000-people) |",
    "| kept | fast | 1 ms | [1,000 people](#1000-people) |",
    "| kept | fast | 1 ms | [1,000 people](#1000-people) |",
  ]);
});

Deno.test("renderDocument() gives each section its command, date, commit and machine", () => {
  const text = renderDocument([section], { unmeasured: [] });
  assert.ok(text.includes(
    "`deno task load city`, 2026-11-23 20:38 UTC, commit 0123456789ab, 2 cores, 24 GiB\n",
  ));
  assert.ok(text.includes("| a | b |\n| --- | --- |\n| 1 | 2 |\n"));
  assert.ok(!text.includes("empty"));
});

Deno.test("renderDocument() names what is not measured yet, and how it would be", () => {
  const text = renderDocument([section], {
    unmeasured: [{ title: "The webhook", command: "deno task results webhook" }],
  });
  assert.match(text, /^Not measured yet: The webhook \(`deno task results webhook`\)\.$/m);
});

Deno.test("renderDocument() folds a table of more than 30 rows, and no other", () => {
  const rows = (count: number): string[][] => Array.from({ length: count }, (_, i) => [`${i}`]);
  const of = (count: number): string =>
    renderDocument([{ ...section, tables: [{ title: "All", heads: ["n"], rows: rows(count) }] }], {
      unmeasured: [],
    });
  assert.match(of(30), /^All:\n\n\| n \|$/m);
  assert.doesNotMatch(of(30), /<details>/);
  assert.match(of(31), /<details><summary>All: 31 rows<\/summary>\n\n\| n \|[^]*\n\n<\/details>/);
});
