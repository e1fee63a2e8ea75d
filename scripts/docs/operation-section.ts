import { z } from "zod";
import type {
  ApiResponse,
  Callers,
  OpenApiDocument,
  Operation,
  Parameter,
  Schema,
} from "../../shared/openapi/mod.ts";
import { compactJson } from "./compact-json.ts";
import { fieldTable, table, typeOf } from "./schema-tables.ts";

/** An operation and where it is. */
export interface Located {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const callers: Readonly<Record<Callers, string>> = {
  people: "signed-in people for themselves, the service for anyone",
  operators: "operators, the service",
  service: "the service",
  link: "whoever has the link",
  meta: "Meta, by its signature",
  scraper: "whoever has `METRICS_TOKEN`, the service",
  anybody: "anybody",
};

/** Of whom a curl command is, by who may call. */
const credentials: Readonly<Record<Callers, readonly string[]>> = {
  people: ['-H "apikey: $SECRET_KEY"'],
  operators: ['-H "apikey: $SECRET_KEY"'],
  service: ['-H "apikey: $SECRET_KEY"'],
  link: [],
  meta: ['-H "x-hub-signature-256: sha256=$SIGNATURE"'],
  scraper: ['-H "authorization: Bearer $METRICS_TOKEN"'],
  anybody: [],
};

/** Said of all calls at once, in api.md. */
const USUAL_BYTES = 65_536;

const codesOf = z.object({
  content: z.object({
    "application/json": z.object({
      schema: z.object({
        allOf: z.tuple([
          z.unknown(),
          z.object({
            properties: z.object({
              error: z.object({
                properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }),
              }),
            }),
          }),
        ]),
      }),
    }),
  }),
});

/** The title of an operation's section, from which GitHub makes its anchor. */
export function titleOf({ method, path }: Located): string {
  return `${method.toUpperCase()} ${path}`;
}

/** Everything about one operation, in Markdown. */
export function operationSection(located: Located, document: OpenApiDocument): string {
  const { operation } = located;
  const { summary, description, requestBody } = operation;
  const { schemas } = document.components;
  const parameters = operation.parameters.flatMap((parameter) =>
    "$ref" in parameter || parameter.in === "path" ? [] : [parameter]
  );
  const [status = "200", success] = Object.entries(operation.responses)[0] ?? [];
  const answer = resolve(success ?? { description: "" }, document);
  const [type = "", content] = Object.entries(answer.content ?? {})[0] ?? [];
  const request = Object.values(requestBody?.content ?? {})[0];
  return [
    `### ${titleOf(located)}`,
    `${summary}.${description === undefined ? "" : ` ${description}`}`,
    factsOf(operation),
    parameters.length === 0
      ? ""
      : table(["parameter", "type", "what"], parameters.map(parameterRow)),
    request === undefined
      ? ""
      : `**Request**${requestBody?.required === true ? "" : ", which may be left out"}: ${
        fieldsOf(request.schema, schemas)
      }`,
    content === undefined
      ? ""
      : `**Answer** ${status}: ${
        type === "application/json" ? fieldsOf(content.schema, schemas) : `${type}.`
      }`,
    "```sh\n" + curlOf(located, { request: request?.example, parameters }) + "\n```",
    content?.example === undefined ? "" : exampleOf(type, content.example),
    `**Errors**: ${errorsOf(operation, document)}`,
  ].filter((part) => part !== "").join("\n\n");
}

function factsOf(operation: Operation): string {
  const limit = operation["x-rate-limit"];
  const bytes = operation["x-max-bytes"];
  const isIdempotent = operation.parameters.some((parameter) =>
    "$ref" in parameter && parameter.$ref.endsWith("/IdempotencyKey")
  );
  return [
    `**For** ${callers[operation["x-callers"]]}`,
    ...(limit === undefined ? [] : [`${limit.requests} a minute`]),
    ...(isIdempotent ? ["`Idempotency-Key`"] : []),
    ...(bytes === undefined || bytes === USUAL_BYTES ? [] : [`at most ${bytes / 1024} KiB`]),
  ].join(" · ");
}

/** A table that begins on a line of its own, or a sentence that does not. */
function fieldsOf(schema: Schema, components: Readonly<Record<string, Schema>>): string {
  const text = fieldTable(schema, components);
  return text.startsWith("|") ? `\n\n${text}` : text;
}

function parameterRow({ name, required, schema, description = "" }: Parameter): string[] {
  return [`\`${name}${required ? "" : "?"}\``, typeOf(schema), description];
}

function curlOf(
  { method, path, operation }: Located,
  { request, parameters }: { readonly request: unknown; readonly parameters: readonly Parameter[] },
): string {
  const needed = parameters.filter(({ required }) => required).map(({ name, schema }) =>
    `${name}=${schema["const"] ?? `$${name.replace(/\W/g, "_").toUpperCase()}`}`
  );
  const url = `$FUNCTIONS_URL${path.replace("{id}", "$ID")}${
    needed.length === 0 ? "" : `?${needed.join("&")}`
  }`;
  const hasBody = request !== undefined && compactJson(request) !== "{}";
  return [
    `curl ${
      method === "get" || hasBody && method === "post" ? "" : `-X ${method.toUpperCase()} `
    }"${url}"`,
    ...credentials[operation["x-callers"]],
    ...(hasBody
      ? [
        '-H "content-type: application/json"',
        `-d '${compactJson(request).replaceAll("'", "'\\''")}'`,
      ]
      : []),
  ].join(" \\\n  ");
}

function exampleOf(type: string, example: unknown): string {
  return type === "application/json"
    ? "```json\n" + compactJson(example) + "\n```"
    : "```text\n" + String(example).trimEnd() + "\n```";
}

function errorsOf(operation: Operation, document: OpenApiDocument): string {
  return Object.entries(operation.responses).flatMap(([status, response]) => {
    const codes = codesOf.safeParse(resolve(response, document)).data?.content["application/json"]
      .schema.allOf[1].properties.error.properties.code.enum;
    if (codes === undefined) return [];
    return [`${status} ${codes.map((code) => `\`${code}\``).join(", ")}`];
  }).join(" · ");
}

function resolve(
  response: Operation["responses"][string],
  { components }: OpenApiDocument,
): ApiResponse {
  if (!("$ref" in response)) return response;
  return components.responses[response.$ref.split("/").at(-1) ?? ""] ?? { description: "" };
}
