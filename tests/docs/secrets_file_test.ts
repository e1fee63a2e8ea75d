import assert from "node:assert/strict";
import { variableNames } from "../../shared/platform/config.ts";
import { readDocument } from "./support/documents.ts";

/** Read by `deno task deploy` for itself; the rest of the file is the functions'. */
const OF_THE_DEPLOYMENT = [
  "SUPABASE_PROJECT_REF",
  "SUPABASE_ACCESS_TOKEN",
  "SUPABASE_SECRET_KEY",
  "DATABASE_URL",
];

Deno.test("deployment.md: the secrets file has every variable that the functions read, and no other", async () => {
  const { blocks } = await readDocument("docs/deployment.md");
  const file = blocks.find(({ language }) => language === "dotenv")?.code ?? "";
  const names = [...file.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1] ?? "");
  const wanted = variableNames.filter((name) => !name.startsWith("SUPABASE_"));
  assert.deepEqual(names.toSorted(), [...wanted, ...OF_THE_DEPLOYMENT].toSorted());
});

Deno.test("architecture.md: its table of variables has every one that the functions read", async () => {
  const { text } = await readDocument("docs/architecture.md");
  const table = text.slice(text.indexOf("## Configuration"));
  assert.deepEqual(variableNames.filter((name) => !table.includes(`\`${name}\``)), []);
});
