import assert from "node:assert/strict";
import { catalogue } from "../../shared/platform/mod.ts";
import { readDocument, ROOT } from "./support/documents.ts";

const document = await readDocument("docs/troubleshooting.md");
const FOLDERS = ["scripts", "shared", "supabase/functions", "web"];
/** What other programs print: it cannot be looked up here. */
const OF_OTHERS = new Set([
  "deno: command not found",
  "Unsupported lockfile version",
  "The lockfile is out of date",
  "error: JSR package manifest",
  "error sending request for url",
  "ECONNREFUSED",
  "ENETUNREACH",
  "no route to host",
  "db.….supabase.co",
  "password authentication failed",
  "permission denied for schema …",
  "must be owner of …",
  'extension "postgis" is not available',
  "PGRST202",
  "Function deploy failed due to an internal error",
]);

Deno.test("troubleshooting: every message of ours is one that the code prints, word by word", async () => {
  const code = (await Promise.all(FOLDERS.map(sourcesIn))).flat().join("\n");
  const missing: string[] = [];
  for (const { text } of document.headings) {
    for (const [, message = ""] of text.matchAll(/`([^`]+)`/g)) {
      if (OF_OTHERS.has(message)) continue;
      const parts = message.split("…").map((part) => part.trim()).filter((part) => part.length > 3);
      if (parts.length === 0 || !parts.every((part) => code.includes(part))) missing.push(message);
    }
  }
  assert.deepEqual(missing, []);
});

Deno.test("troubleshooting: every error code in its table is one of the API's", () => {
  const codes = [...document.text.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1] ?? "");
  assert.ok(codes.length > 5);
  for (const code of codes) assert.ok(Object.hasOwn(catalogue, code), code);
});

/** The strings of a folder's files as they are printed: those put together with + are one. */
async function sourcesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${ROOT}/${folder}`)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) found.push(...await sourcesIn(path));
    else if (/\.(?:ts|js|html)$/.test(entry.name)) {
      const text = await Deno.readTextFile(`${ROOT}/${path}`);
      found.push(
        text.replace(/["'`]\s*\+\s*["'`]/g, "").replace(/\\(["'`])/g, "$1")
          .replace(/\$\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}/g, "…"),
      );
    }
  }
  return found;
}
