import type { OpenApiDocument } from "../../shared/openapi/mod.ts";
import { catalogue } from "../../shared/platform/mod.ts";
import { type Located, operationSection, titleOf } from "./operation-section.ts";
import { fieldTable, referredIn, table } from "./schema-tables.ts";

const head =
  `<!-- Written by \`deno task docs:api\` from the schemas that requests are parsed with; do not edit. -->

# API reference

Every call, with its fields, an example and what it may be refused with. [api.md](api.md) says what holds for all of
them: who may call, idempotency, limits, caching. Base path \`/functions/v1\`; the same as OpenAPI 3.1, for generators
and editors, is served at \`GET /functions/v1/orchestrator/openapi.json\`.

The commands want \`FUNCTIONS_URL\` and \`SECRET_KEY\`, which \`eval "$(deno task -q status -o env)"\` sets, and \`ID\`, the id
that the path is about. A field with a question mark may be left out.`;

/** The whole reference, in Markdown as it comes: not formatted yet. */
export function renderReference(document: OpenApiDocument): string {
  const located = Object.entries(document.paths).flatMap(([path, item]): Located[] =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation }))
  );
  const functions = document.tags.map(({ name, description }) => {
    const own = located.filter(({ operation }) => operation.tags.includes(name));
    return [
      `## ${name}`,
      `${description}.`,
      table(
        ["call", "does"],
        own.map((one) => [
          `[\`${titleOf(one)}\`](#${anchorOf(titleOf(one))})`,
          one.operation.summary,
        ]),
      ),
      ...own.map((one) => operationSection(one, document)),
    ].join("\n\n");
  });
  return [head, ...functions, schemasOf(document), errorsTable()].join("\n\n") + "\n";
}

/** Those that have names, which the calls' tables point to. */
function schemasOf({ components: { schemas } }: OpenApiDocument): string {
  const linked = new Set(Object.values(schemas).flatMap(referredIn));
  const sections = Object.entries(schemas).flatMap(([name, schema]) => {
    if (!linked.has(name)) return [];
    const text = typeof schema["description"] === "string" ? `${schema["description"]}.` : "";
    return [[`### ${name}`, text, fieldTable(schema, schemas)].filter(Boolean).join("\n\n")];
  });
  return ["## Schemas", ...sections].join("\n\n");
}

function errorsTable(): string {
  const rows = Object.entries(catalogue).map(([code, { status, meaning }]) => [
    `\`${code}\``,
    String(status),
    meaning.replace(/\.$/, ""),
  ]);
  return ["## Errors", table(["code", "status", "means"], rows)].join("\n\n");
}

/** As GitHub makes anchors of titles. */
function anchorOf(title: string): string {
  return title.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-");
}
