import assert from "node:assert/strict";
import { dirname, normalize } from "node:path/posix";
import { readDocuments, ROOT } from "./support/documents.ts";
import { anchorOf, parseMarkdown } from "./support/markdown.ts";

const documents = await readDocuments();

Deno.test("parseMarkdown() gives the anchors, blocks, links and code that GitHub shows", () => {
  const { headings, blocks, links, spans } = parseMarkdown(
    [
      "# pg_cron, pg_net and Vault",
      "See [a](b.md#c), `not [a](link)` and",
      "`two",
      "lines`.",
      "1. x",
      "",
      "   ```sql logs-explorer",
      "   select 1",
      "     from b",
      "   ```",
      "## Twice",
      "## Twice",
    ].join("\n"),
  );
  assert.deepEqual(headings.map(({ anchor }) => anchor), [
    "pg_cron-pg_net-and-vault",
    "twice",
    "twice-1",
  ]);
  assert.deepEqual(blocks, [{
    language: "sql",
    info: "logs-explorer",
    code: "select 1\n  from b",
    line: 7,
    heading: "pg_cron, pg_net and Vault",
  }]);
  assert.deepEqual(links, [{ target: "b.md#c", line: 2 }]);
  assert.deepEqual(spans.map(({ code, line }) => [code, line]), [["not [a](link)", 2], [
    "two lines",
    3,
  ]]);
  assert.equal(anchorOf("V1 sync lag"), "v1-sync-lag");
});

for (const document of documents.values()) {
  Deno.test(`${document.path}: every link to a file and to a heading leads somewhere`, async () => {
    const broken: string[] = [];
    for (const { target, line } of document.links) {
      const problem = await problemOf(document.path, target);
      if (problem !== undefined) broken.push(`line ${line}: ${target}: ${problem}`);
    }
    assert.deepEqual(broken, []);
  });
}

/** Why a link leads nowhere; undefined when it leads somewhere, or out of the project. */
async function problemOf(from: string, target: string): Promise<string | undefined> {
  if (/^(https?|mailto):/.test(target)) return undefined;
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : normalize(`${dirname(from)}/${decodeURIComponent(file)}`);
  const there = await Deno.stat(`${ROOT}/${path}`).catch(() => undefined);
  if (there === undefined) return "no such file";
  if (anchor === undefined) return undefined;
  const headings = documents.get(path)?.headings;
  if (headings === undefined) return "anchors are checked in Markdown files alone";
  return headings.some((heading) => heading.anchor === anchor) ? undefined : "no such heading";
}
