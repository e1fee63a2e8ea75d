import assert from "node:assert/strict";
import { readApiDocument } from "../../../scripts/docs/api-document.ts";
import { compactJson } from "../../../scripts/docs/compact-json.ts";
import { renderReference } from "../../../scripts/docs/render-reference.ts";
import { fieldTable, table, typeOf } from "../../../scripts/docs/schema-tables.ts";
import { catalogue } from "../../../shared/platform/mod.ts";

const document = readApiDocument();
const text = renderReference(document);

function sectionOf(title: string): string {
  const from = text.indexOf(`### ${title}\n`);
  assert.ok(from >= 0, `no section is called "${title}"`);
  const to = text.indexOf("\n### ", from + 1);
  return text.slice(from, to < 0 ? undefined : to);
}

Deno.test("renderReference() has a section for every call, with its example and its errors", () => {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const section = sectionOf(`${method.toUpperCase()} ${path}`);
      assert.ok(section.includes(operation.summary), path);
      assert.match(section, /```sh\ncurl .*"\$FUNCTIONS_URL\//);
      assert.match(section, /\*\*For\*\* /);
      assert.match(section, /\*\*Errors\*\*: .*500 `INTERNAL_ERROR`/);
    }
  }
});

Deno.test("renderReference() links to nothing that it does not have", () => {
  const titles = [...text.matchAll(/^#{2,3} (.+)$/gm)].map(([, title = ""]) => title);
  const anchors = titles.map((title) =>
    title.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
  );
  assert.equal(new Set(anchors).size, anchors.length, "no two anchors are alike");
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = ""]) => anchor);
  assert.ok(links.length > 100);
  for (const link of links) assert.ok(anchors.includes(link), `#${link}`);
});

Deno.test("renderReference() tells of a call who may, how often, with what, and what comes back", () => {
  const start = sectionOf("POST /orchestrator/matches/{id}/start");
  for (
    const part of [
      "signed-in people for themselves, the service for anyone · 60 a minute · `Idempotency-Key`",
      "| `pin` | string | What the passenger says |",
      "| `match` | [Match](#match) |",
      '"$FUNCTIONS_URL/orchestrator/matches/$ID/start"',
      "422 `IDEMPOTENCY_KEY_REUSED`, `PIN_INVALID` · 423 `PIN_LOCKED` · 429 `RATE_LIMITED`",
    ]
  ) assert.ok(start.includes(part), part);
  assert.match(sectionOf("GET /metrics"), /Bearer \$METRICS_TOKEN[^]*```text\n# HELP/);
  assert.match(sectionOf("POST /tracking/links/open"), /whoever has the link/);
  assert.doesNotMatch(sectionOf("POST /tracking/links/open"), /SECRET_KEY/);
  assert.match(sectionOf("POST /whatsapp-webhook"), /at most 3072 KiB/);
  assert.match(sectionOf("GET /whatsapp-webhook"), /hub\.mode=subscribe&hub\.verify_token=\$HUB/);
});

Deno.test("renderReference() says what every error code means", () => {
  for (const [code, { status, meaning }] of Object.entries(catalogue)) {
    assert.ok(text.includes(`| \`${code}\` | ${status} | ${meaning.replace(/\.$/, "")} |`), code);
  }
});

Deno.test("renderReference() is another when the description is", () => {
  const schemas = {
    ...document.components.schemas,
    RateMatchRequest: { type: "object", properties: { stars: { type: "integer" } } },
  };
  const changed = { ...document, components: { ...document.components, schemas } };
  assert.match(renderReference(changed), /\| `stars\?` \| integer \|/);
  assert.doesNotMatch(text, /`stars\?`/);
});

Deno.test("typeOf() says in a few words what a value may be", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ $ref: "#/components/schemas/Match" }, "[Match](#match)"],
    [{ anyOf: [{ type: "string", format: "date-time" }, { type: "null" }] }, "timestamp or null"],
    [{ type: "integer", minimum: 5, maximum: 50_000 }, "integer, 5 to 50,000"],
    [{ type: ["number", "null"], minimum: 0 }, "number, 0 or more or null"],
    [{ enum: ["a", "b"] }, "`a`, `b`"],
    [{ type: "boolean", const: true }, "`true`"],
    [{ type: "string", maxLength: 9 }, "string, at most 9 characters"],
    [
      { type: "array", items: { type: "string", format: "uuid" }, maxItems: 3 },
      "list of UUID, at most 3",
    ],
    [{ type: "array", prefixItems: [{ type: "number" }, { type: "null" }] }, "[number, null]"],
    [{ type: "object", additionalProperties: { type: "integer" } }, "object: integer by name"],
    [{}, "anything"],
  ];
  for (const [schema, words] of cases) assert.equal(typeOf(schema), words);
});

Deno.test("fieldTable() shows what is within an object that has no name, and says so when there is nothing", () => {
  const inner = { type: "object", properties: { x: { type: "integer" } }, required: ["x"] };
  const schema = {
    type: "object",
    properties: {
      a: inner,
      b: { type: "array", items: inner },
      c: { anyOf: [inner, { type: "null" }] },
    },
  };
  const names = [...fieldTable(schema, {}).matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  assert.deepEqual(names, ["a?", "a.x", "b?", "b[].x", "c?", "c.x"]);
  assert.equal(
    fieldTable({ $ref: "#/components/schemas/None" }, { None: { type: "object", properties: {} } }),
    "_nothing_.",
  );
});

Deno.test("table() leaves out a column that is empty, and keeps a bar within its cell", () => {
  assert.equal(table(["a", "b"], [["x|y", ""]]), "| a |\n| --- |\n| x\\|y |");
});

Deno.test("compactJson() is the same JSON, on one line where that is short enough", () => {
  const value = { a: [1, 2, { b: null }], c: "x".repeat(80), d: {}, e: [] };
  assert.deepEqual(JSON.parse(compactJson(value)), value);
  assert.equal(compactJson({ a: 1, b: [true, "x"] }), '{ "a": 1, "b": [true, "x"] }');
  assert.ok(compactJson(value).split("\n").every((line) => line.length <= 95));
});
