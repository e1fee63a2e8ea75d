import assert from "node:assert/strict";
import { declaredFamilies } from "../../support/metric-series.ts";

const PAGE = new URL("../../../docs/metrics.md", import.meta.url);
const ROW =
  /^\| `(mobility_\w+)` +\| (counter|gauge|histogram) +\| (–|`.*?`(?:, `.*?`)*) +\| (.+?) +\|$/;

Deno.test("docs/metrics.md has every family once, as the code declares it", async () => {
  const lines = (await Deno.readTextFile(PAGE)).split("\n");
  const rows = lines.flatMap((line) => {
    const [, name, type, labels, help] = ROW.exec(line) ?? [];
    return name === undefined ? [] : [[name, [type, labels, help].join(" | ")] as const];
  });
  assert.equal(new Set(rows.map(([name]) => name)).size, rows.length, "none twice");
  const declared = Object.entries(declaredFamilies).map(([name, { type, labels, help }]) => {
    const listed = labels.length === 0 ? "–" : labels.map((label) => `\`${label}\``).join(", ");
    return [name, [type, listed, help].join(" | ")];
  });
  assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(declared));
});

Deno.test("docs/metrics.md explains every label that has values of ours", async () => {
  const text = await Deno.readTextFile(PAGE);
  const section = text.slice(text.indexOf("## Labels"));
  const explained = new Set([...section.matchAll(/^\| `(\w+)` /gm)].map(([, label]) => label));
  const plain = new Set(["result", "kind", "action", "used", "source", "target", "leg", "stat"]);
  const labels = new Set(Object.values(declaredFamilies).flatMap((family) => family.labels));
  const missing = [...labels].filter((label) => !explained.has(label) && !plain.has(label));
  assert.deepEqual(missing, []);
});
