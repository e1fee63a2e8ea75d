import type { Declaration, RawDeclaration } from "../platform/mod.ts";
import { health } from "../platform/mod.ts";
import type { ApiResponse, Callers, Content, Operation, Reference } from "./document.ts";
import { type ErrorResponses, errorsOf } from "./errors.ts";
import { examples } from "./examples/mod.ts";
import type { DescribedFunction } from "./functions.ts";
import { pathId, queryParameters, sharedHeader, sharedParameter } from "./parameters.ts";
import type { Schemas } from "./schemas.ts";

const DEFAULT_MAX_BYTES = 65_536;
const JSON_TYPE = "application/json";

/** What the operations of a document have in common. */
export interface Components {
  readonly schemas: Schemas;
  readonly errors: ErrorResponses;
}

/** Describes an endpoint of the API. */
export function operationOf(
  endpoint: Declaration,
  { of, components }: { readonly of: DescribedFunction; readonly components: Components },
): Operation {
  const { name, body, limit } = endpoint;
  const example = examples[name];
  const callers = callersOf(endpoint);
  const hasBody = body !== undefined && endpoint.method !== "GET";
  return {
    ...headOf(endpoint, { tag: of.name, callers }),
    parameters: [
      ...(endpoint.path.includes(":id") ? [pathId] : []),
      ...(body === undefined || hasBody ? [] : queryParameters(body, components.schemas)),
      ...(endpoint.idempotent ? [sharedParameter("IdempotencyKey")] : []),
      sharedParameter("RequestId"),
    ],
    ...(hasBody
      ? {
        requestBody: {
          // An action without arguments may come without a body.
          required: !body.safeParse({}).success,
          content: contentOf(JSON_TYPE, {
            schema: components.schemas.add(body, {
              io: "input",
              name: `${pascalCase(name)}Request`,
            }),
            example: example?.request,
          }),
        },
      }
      : {}),
    responses: {
      [endpoint.status ?? 200]: successOf({
        content: contentOf(JSON_TYPE, {
          schema: components.schemas.add(endpoint.response, {
            io: "output",
            name: `${pascalCase(name)}Response`,
          }),
          example: example?.response,
        }),
      }),
      ...components.errors.of(errorsOf(endpoint, of)),
    },
    ...(limit === undefined
      ? {}
      : { "x-rate-limit": { requests: limit.requests, window_s: limit.windowS } }),
    ...(hasBody ? { "x-max-bytes": endpoint.maxBytes ?? DEFAULT_MAX_BYTES } : {}),
  };
}

/** Describes a path whose callers are not the API's. */
export function rawOperationOf(
  endpoint: RawDeclaration,
  { of, components }: { readonly of: DescribedFunction; readonly components: Components },
): Operation {
  const { name, body, response, errors } = endpoint;
  const example = examples[name];
  const success = successOf({
    content: contentOf(response.contentType, {
      schema: components.schemas.add(response.schema, { io: "output" }),
      example: example?.response,
    }),
    isCacheable: response.isCacheable,
  });
  return {
    ...headOf(endpoint, { tag: of.name, callers: rawCallers[endpoint.credentials] }),
    parameters: [
      ...(endpoint.query === undefined ? [] : queryParameters(endpoint.query, components.schemas)),
      sharedParameter("RequestId"),
    ],
    ...(body === undefined ? {} : {
      requestBody: {
        required: true,
        content: contentOf(JSON_TYPE, {
          schema: components.schemas.add(body, { io: "input" }),
          example: example?.request,
        }),
      },
    }),
    responses: {
      ...Object.fromEntries((response.statuses ?? [200]).map((status) => [status, success])),
      ...(response.isCacheable
        ? { 304: { description: "It has not changed", headers: success.headers ?? {} } }
        : {}),
      ...components.errors.of([...errors, "INTERNAL_ERROR"]),
    },
    ...(endpoint.maxBytes === undefined ? {} : { "x-max-bytes": endpoint.maxBytes }),
  };
}

/** The health check that every function has. */
export function healthOf({ name }: DescribedFunction): RawDeclaration {
  return {
    name: `${camelCase(name)}Health`,
    method: "GET",
    path: "/health",
    summary: "Whether it can serve, and what it depends on",
    description: "503 when it cannot serve, with the same body.",
    credentials: "none",
    response: { contentType: JSON_TYPE, schema: health, statuses: [200, 503] },
    errors: [],
  };
}

function headOf(
  { name, summary, description }: Pick<Declaration, "name" | "summary" | "description">,
  { tag, callers }: { readonly tag: string; readonly callers: Callers },
): Pick<Operation, "operationId" | "tags" | "summary" | "description" | "security" | "x-callers"> {
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: security[callers],
    "x-callers": callers,
  };
}

const security: Readonly<Record<Callers, Operation["security"]>> = {
  people: [{ secret_key: [] }, { user_token: [] }],
  operators: [{ secret_key: [] }, { user_token: [] }],
  service: [{ secret_key: [] }],
  scraper: [{ metrics_token: [] }, { secret_key: [] }],
  meta: [{ webhook_signature: [] }],
  link: [],
  anybody: [],
};

const rawCallers: Readonly<Record<RawDeclaration["credentials"], Callers>> = {
  none: "anybody",
  metrics_token: "scraper",
  webhook_signature: "meta",
  webhook_token: "anybody",
};

function callersOf({ callers, secretOf }: Declaration): Callers {
  return secretOf === undefined ? callers ?? "people" : "link";
}

function successOf(
  { content, isCacheable }: { content: Content; isCacheable?: true | undefined },
): ApiResponse & { headers: Record<string, Reference> } {
  return {
    description: "Done",
    headers: {
      "X-Request-Id": sharedHeader("RequestId"),
      ...(isCacheable
        ? { ETag: sharedHeader("ETag"), "Cache-Control": sharedHeader("CacheControl") }
        : {}),
    },
    content,
  };
}

function contentOf(
  type: string,
  { schema, example }: { schema: Content[string]["schema"]; example: unknown },
): Content {
  return { [type]: { schema, ...(example === undefined ? {} : { example }) } };
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
