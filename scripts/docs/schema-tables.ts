import { z } from "zod";
import type { Schema } from "../../shared/openapi/mod.ts";

/** What the API's schemas are made of. */
const schemaParts = z.object({
  $ref: z.string(),
  anyOf: z.array(z.record(z.string(), z.unknown())),
  type: z.union([z.string(), z.array(z.string())]),
  format: z.string(),
  pattern: z.string(),
  enum: z.array(z.string()),
  const: z.unknown(),
  items: z.union([z.record(z.string(), z.unknown()), z.boolean()]),
  prefixItems: z.array(z.record(z.string(), z.unknown())),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  additionalProperties: z.union([z.record(z.string(), z.unknown()), z.boolean()]),
  required: z.array(z.string()),
  description: z.string(),
  default: z.unknown(),
  minimum: z.number(),
  maximum: z.number(),
  exclusiveMinimum: z.number(),
  minLength: z.number(),
  maxLength: z.number(),
  minItems: z.number(),
  maxItems: z.number(),
}).partial();

/** One line of a table. */
interface Row {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

const nothing = "_nothing_";
const component = "#/components/schemas/";

/** The components that a schema refers to, by name. */
export function referredIn(schema: unknown): string[] {
  const found = JSON.stringify(schema).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  return [...new Set([...found].map(([, name = ""]) => name))];
}

/** The fields of an object as a table in Markdown; a sentence where it has none. */
export function fieldTable(schema: Schema, components: Readonly<Record<string, Schema>>): string {
  const whole = resolve(schema, components);
  const rows = rowsOf(whole, "");
  if (rows.length === 0) return `${schemaParts.parse(whole).description ?? typeOf(whole)}.`;
  return table(["field", "type", "what"], rows.map(({ name, type, text }) => [name, type, text]));
}

/** A table in Markdown, without the columns that are empty. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.map((_, i) => rows.some((row) => row[i] !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${cells.filter((_, i) => kept[i]).map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** What a value of a schema is, in a few words. */
export function typeOf(schema: Schema): string {
  const parts = schemaParts.parse(schema);
  if (parts.$ref !== undefined) {
    const name = parts.$ref.replace(component, "");
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (parts.anyOf !== undefined) return parts.anyOf.map(typeOf).join(" or ");
  if (parts.const !== undefined) return `\`${JSON.stringify(parts.const)}\``;
  if (parts.enum !== undefined) return parts.enum.map((value) => `\`${value}\``).join(", ");
  const types = [parts.type ?? []].flat();
  if (types.length === 0) return "anything";
  return types.map((type) => nameOf(type, parts)).join(" or ");
}

function nameOf(type: string, parts: z.infer<typeof schemaParts>): string {
  switch (type) {
    case "array":
      if (parts.prefixItems !== undefined) return `[${parts.prefixItems.map(typeOf).join(", ")}]`;
      return `list of ${typeof parts.items === "object" ? typeOf(parts.items) : "anything"}${
        range(parts.minItems, parts.maxItems, { before: ", " })
      }`;
    case "object":
      return typeof parts.additionalProperties === "object" && parts.properties === undefined
        ? `object: ${typeOf(parts.additionalProperties)} by name`
        : parts.properties === undefined || Object.keys(parts.properties).length === 0
        ? nothing
        : "object";
    case "string":
      if (parts.format === "date-time") return "timestamp";
      if (parts.format !== undefined) return parts.format.toUpperCase();
      return `string${
        range(parts.minLength, parts.maxLength, { before: ", ", after: " characters" })
      }`;
    case "integer":
    case "number":
      return `${type}${range(parts.minimum, parts.maximum, { before: ", " })}`;
    default:
      return type;
  }
}

function range(
  from: number | undefined,
  to: number | undefined,
  { before, after = "" }: { readonly before: string; readonly after?: string },
): string {
  const say = (value: number): string => value.toLocaleString("en-US");
  if (from === undefined && to === undefined) return "";
  if (to === undefined) return `${before}${say(from ?? 0)} or more${after}`;
  return from === undefined
    ? `${before}at most ${say(to)}${after}`
    : `${before}${say(from)} to ${say(to)}${after}`;
}

/** The fields of an object, those of objects within it by their path. */
function rowsOf(schema: Schema, path: string): Row[] {
  const { properties = {}, required = [], additionalProperties } = schemaParts.parse(schema);
  const rows = Object.entries(properties).flatMap(([name, field]): Row[] => {
    const parts = schemaParts.parse(field);
    const known = required.includes(name);
    const byDefault = parts.default === undefined
      ? ""
      : `${JSON.stringify(parts.default).replaceAll('"', "`")} if left out`;
    const text = [parts.description, byDefault].filter(Boolean).join("; ");
    const full = `${path}${name}`;
    const inner = innerObject(field);
    return [
      { name: `\`${full}${known ? "" : "?"}\``, type: typeOf(field), text },
      ...(inner === undefined ? [] : rowsOf(inner.schema, `${full}${inner.suffix}.`)),
    ];
  });
  const isOpen = typeof additionalProperties === "object" && Object.keys(properties).length > 0;
  return isOpen ? [...rows, { name: "…", type: "anything", text: "Whatever else there is" }] : rows;
}

/** The object that a field is, may be, or has a list of, where it has no name. */
function innerObject(field: Schema): { schema: Schema; suffix: string } | undefined {
  const { anyOf, items, properties } = schemaParts.parse(field);
  if (properties !== undefined) return { schema: field, suffix: "" };
  for (const option of anyOf ?? []) {
    if (schemaParts.parse(option).properties !== undefined) return { schema: option, suffix: "" };
  }
  if (typeof items === "object" && schemaParts.parse(items).properties !== undefined) {
    return { schema: items, suffix: "[]" };
  }
  return undefined;
}

function resolve(schema: Schema, components: Readonly<Record<string, Schema>>): Schema {
  const { $ref } = schemaParts.parse(schema);
  return $ref === undefined ? schema : components[$ref.replace(component, "")] ?? {};
}
