import { z } from "zod";
import type { Schema } from "./document.ts";

/** Which side of a schema is meant: what is sent, or what is answered. */
export interface SchemaUse {
  readonly io: "input" | "output";
  /** The component's name, should the schema have none of its own. */
  readonly name?: string;
}

/** Collects the schemas of a document, each under its name and once. */
export class Schemas {
  readonly #components = new Map<string, Schema>();

  /** The components so far, by name. */
  get components(): Readonly<Record<string, Schema>> {
    return Object.fromEntries([...this.#components].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** A reference to a zod schema, whose named parts become components. @throws Error when a name means two things */
  add(schema: z.ZodType, { io, name }: SchemaUse): Schema {
    const { $schema: _, $defs = {}, ...whole } = z.toJSONSchema(schema, {
      target: "draft-2020-12",
      io,
      override: ({ jsonSchema }) => tidy(jsonSchema),
    });
    for (const [id, part] of Object.entries($defs)) this.#define(id, part);
    const root = pointToComponents(whole);
    if (name === undefined || "$ref" in root) return root;
    this.#define(name, whole);
    return { $ref: `#/components/schemas/${name}` };
  }

  #define(name: string, schema: unknown): void {
    const component = pointToComponents(schema);
    const known = this.#components.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component)) {
      throw new Error(`Two schemas are called "${name}": give one of them another id`);
    }
    this.#components.set(name, component);
  }
}

/** Leaves out what a format or a type says already. */
function tidy(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format === "uuid" || schema.format === "date-time") delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  delete schema.propertyNames;
}

const definitions = /^#\/\$defs\//;
const schemaObject = z.record(z.string(), z.unknown());

/** The same schema, which finds its named parts among the document's components. */
function pointToComponents(schema: unknown): Schema {
  return schemaObject.parse(
    JSON.parse(
      JSON.stringify(schema),
      (key, value: unknown) =>
        key === "$ref" && typeof value === "string"
          ? value.replace(definitions, "#/components/schemas/")
          : value,
    ),
  );
}
