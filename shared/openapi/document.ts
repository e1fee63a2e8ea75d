/** A JSON Schema of the 2020-12 dialect, or a reference to one. */
export type Schema = Readonly<Record<string, unknown>>;

/** A reference to a component. */
export interface Reference {
  readonly $ref: string;
}

/** A header, path or query parameter. */
export interface Parameter {
  readonly name: string;
  readonly in: "header" | "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

/** What a body is, by its content type. */
export type Content = Readonly<
  Record<string, { readonly schema: Schema; readonly example?: unknown }>
>;

/** One answer of an operation. */
export interface ApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: Content;
}

/** Who may call an operation. */
export type Callers = "people" | "operators" | "service" | "link" | "meta" | "scraper" | "anybody";

/** One endpoint. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ApiResponse | Reference>>;
  readonly "x-callers": Callers;
  readonly "x-rate-limit"?: { readonly requests: number; readonly window_s: number };
  /** Bytes that the request's body may have. */
  readonly "x-max-bytes"?: number;
}

/** The HTTP methods of the API, as OpenAPI writes them. */
export type Method = "get" | "post" | "delete";

/** The part of an OpenAPI 3.1 document that the API makes use of. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string; readonly description: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly headers: Readonly<
      Record<string, { readonly description: string; readonly schema: Schema }>
    >;
    readonly responses: Readonly<Record<string, ApiResponse>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}
