import { errorBody } from "../platform/mod.ts";
import type { Method, OpenApiDocument, Operation } from "./document.ts";
import { ErrorResponses } from "./errors.ts";
import type { DescribedFunction } from "./functions.ts";
import { type Components, healthOf, operationOf, rawOperationOf } from "./operations.ts";
import { sharedHeaders, sharedParameters } from "./parameters.ts";
import { Schemas } from "./schemas.ts";

const description = `Rides in a city for people who have nothing but WhatsApp, over HTTP.

JSON in and out, snake_case. Distances in metres, times in seconds or ISO 8601 with an offset, coordinates in WGS 84 \
degrees, money in whole units of its currency. Unknown fields of a request are ignored.

An error is \`{"error": {"code", "message", "details"?, "request_id"}}\`; the code is what to act on.`;

/** Describes functions as an OpenAPI 3.1 document. @throws Error when two schemas or operations share a name */
export function buildDocument(functions: readonly DescribedFunction[]): OpenApiDocument {
  const components: Components = { schemas: new Schemas(), errors: new ErrorResponses() };
  components.schemas.add(errorBody, { io: "output" });
  const paths: Record<string, Partial<Record<Method, Operation>>> = {};
  const names = new Set<string>();
  const put = (path: string, method: string, operation: Operation): void => {
    const { operationId } = operation;
    if (names.has(operationId)) throw new Error(`Two endpoints are called "${operationId}"`);
    names.add(operationId);
    (paths[path.replace(":id", "{id}")] ??= {})[methods[method] ?? "get"] = operation;
  };
  for (const of of functions) {
    for (const endpoint of of.endpoints) {
      put(
        `/${of.name}${endpoint.path}`,
        endpoint.method,
        operationOf(endpoint, { of, components }),
      );
    }
    for (const endpoint of [...of.rawEndpoints ?? [], healthOf(of)]) {
      const path = endpoint.path === "/" ? "" : endpoint.path;
      put(`/${of.name}${path}`, endpoint.method, rawOperationOf(endpoint, { of, components }));
    }
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Mobility",
      version: "2.0.0",
      description,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [
      { url: "/functions/v1", description: "The project that serves this description" },
      { url: "http://127.0.0.1:54321/functions/v1", description: "`deno task start`" },
    ],
    tags: functions.map(({ name, summary }) => ({ name, description: summary })),
    paths,
    components: {
      schemas: components.schemas.components,
      parameters: sharedParameters,
      headers: sharedHeaders,
      responses: components.errors.components,
      securitySchemes,
    },
  };
}

const methods: Readonly<Record<string, Method>> = { GET: "get", POST: "post", DELETE: "delete" };

const securitySchemes = {
  secret_key: {
    type: "apiKey",
    in: "header",
    name: "apikey",
    description:
      "The project's secret key (`sb_secret_…`, or the legacy service role key): acts for " +
      "anyone. It may come as `Authorization: Bearer` as well.",
  },
  user_token: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A signed-in user's token from Supabase Auth: acts for that user alone.",
  },
  metrics_token: { type: "http", scheme: "bearer", description: "`METRICS_TOKEN`" },
  webhook_signature: {
    type: "apiKey",
    in: "header",
    name: "X-Hub-Signature-256",
    description: "`sha256=` and the HMAC-SHA256 of the body under the Meta app's secret",
  },
} as const;
