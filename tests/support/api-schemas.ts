import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import type { OpenApiDocument } from "../../shared/openapi/mod.ts";

/** Compiles the schemas of an OpenAPI document where they stand, strictly: an unknown keyword or format throws. */
export class ApiSchemas {
  readonly #ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });

  constructor({ paths, components }: OpenApiDocument) {
    ajvFormats.default(this.#ajv);
    this.#ajv.addVocabulary(["paths", "components"]);
    const root: AnySchemaObject = { $id: "api", paths, components };
    this.#ajv.addSchema(root);
  }

  /** What is wrong with a value by the schema at these steps of the document; undefined when nothing is. */
  problem(at: readonly string[], value: unknown): string | undefined {
    const validate = this.compile(at);
    if (validate(value)) return undefined;
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath || "it"} ${message} ${JSON.stringify(params)}`
    ).join("; ");
  }

  /** The schema at these steps of the document, compiled. @throws Error when there is none, or it is no schema */
  compile(at: readonly string[]): ValidateFunction {
    const pointer = at.map((step) =>
      encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))
    ).join("/");
    const validate = this.#ajv.getSchema(`api#/${pointer}`);
    if (validate === undefined) throw new Error(`The document has no schema at ${at.join(" > ")}`);
    return validate;
  }
}
