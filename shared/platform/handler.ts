import { type Context as HonoContext, Hono } from "hono";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import { z } from "zod";
import { actingUser, type Caller } from "./auth.ts";
import { parseBody, parseInput } from "./body.ts";
import type { Endpoint, RawEndpoint } from "./endpoint.ts";
import { errorResponse } from "./error-response.ts";
import { ApiError } from "./errors.ts";
import { checkHealth } from "./health.ts";
import type { Platform } from "./platform.ts";
import { addRateLimit, refuseIfLimited } from "./rate-limit.ts";

type Env = { Variables: { requestId: string; route?: string } };

const pathId = z.object({ id: z.guid() });
const idempotencyKey = z.object({
  "idempotency-key": z.string().max(200).regex(
    /^[\x21-\x7e]+$/,
    "Use 1 to 200 printable ASCII characters",
  ).nullable(),
});

/** What a function is made of. */
export interface FunctionDefinition {
  /** The first segment of every path, as the platform hands it over. */
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  /** Whether the function can serve without the database. */
  readonly needsDatabase: boolean;
  readonly rawEndpoints?: readonly RawEndpoint[];
}

/** A function as one handler: its endpoints, health, CORS, errors, request ids, metrics and log. */
export function createHandler(
  platform: Platform,
  definition: FunctionDefinition,
): (request: Request) => Promise<Response> {
  const app = new Hono<Env>().basePath(`/${definition.name}`);
  app.use(requestId({ limitLength: 100 }));
  app.use(async (c, next) => {
    const startedAt = performance.now();
    await next();
    record(platform, { c, durationMs: performance.now() - startedAt });
  });
  app.use(cors({
    origin: "*",
    allowHeaders: [
      "authorization",
      "apikey",
      "content-type",
      "x-client-info",
      "idempotency-key",
      "x-request-id",
    ],
    exposeHeaders: ["x-request-id", "retry-after"],
  }));
  app.get("/health", (c) => {
    c.set("route", "/health");
    return checkHealth(platform, definition);
  });
  for (const { method, path, handle } of definition.rawEndpoints ?? []) {
    app.on(method, path, (c) => {
      c.set("route", `${method} ${path}`);
      return handle(c.req.raw);
    });
  }
  for (const endpoint of definition.endpoints) {
    app.on(endpoint.method, endpoint.path, (c) => {
      c.set("route", `${endpoint.method} ${endpoint.path}`);
      return serve(platform, { endpoint, request: c.req.raw, id: c.req.param("id") ?? "" });
    });
  }
  refuseOtherMethods(app, definition);
  app.notFound((c) =>
    errorResponse(platform, {
      requestId: c.get("requestId"),
      error: new ApiError("NOT_FOUND", "No such path", {
        details: {
          paths: routesOf(definition).map(({ method, path }) =>
            `${method} /${definition.name}${path}`
          ),
        },
      }),
    })
  );
  app.onError((error, c) => errorResponse(platform, { requestId: c.get("requestId"), error }));
  return async (request) => await app.fetch(request);
}

function routesOf(definition: FunctionDefinition): readonly { method: string; path: string }[] {
  const health = { method: "GET", path: "/health" };
  return [health, ...definition.rawEndpoints ?? [], ...definition.endpoints];
}

function refuseOtherMethods(app: Hono<Env>, definition: FunctionDefinition): void {
  const routes = routesOf(definition);
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    app.all(path, () => {
      throw new ApiError("METHOD_NOT_ALLOWED", `Use ${methods.join(" or ")}`, {
        details: { methods },
      });
    });
  }
}

async function serve(
  platform: Platform,
  options: { endpoint: Endpoint; request: Request; id: string },
): Promise<Response> {
  const { endpoint, request } = options;
  const caller: Caller = endpoint.secretOf === undefined
    ? await platform.authenticator.authenticate(request.headers)
    : { kind: "anybody" };
  const id = endpoint.path.includes(":id")
    ? parseInput(pathId, { id: options.id }).id.toLowerCase()
    : "";
  const key = parseInput(idempotencyKey, {
    "idempotency-key": request.headers.get("idempotency-key"),
  });
  const body = await inputOf(request, endpoint);
  const subject = endpoint.secretOf !== undefined
    ? await hashOf(endpoint.secretOf(body))
    : caller.kind === "user"
    ? caller.userId
    : id;
  if (endpoint.limit !== undefined && endpoint.limitsItself === undefined && subject !== "") {
    const name = `${platform.name} ${endpoint.method} ${endpoint.path}`;
    const check = { endpoint: name, subject, limit: endpoint.limit };
    const answer = await platform.cache.exec((pipeline) => addRateLimit(pipeline, check));
    refuseIfLimited(platform.metrics, { endpoint: name, answer: answer?.[0] });
  }
  const answer = await endpoint.handle({
    caller,
    actingUser: actingUser(caller),
    body,
    id,
    idempotencyKey: key["idempotency-key"],
  });
  return Response.json(answer.body, { status: endpoint.status ?? 200 });
}

/** Half of a secret's SHA-256, in hexadecimal: what names its holder where the secret itself must not be. */
async function hashOf(secret: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Array.from(new Uint8Array(hash, 0, 16), (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** What a caller says: in the query string of a GET, else in the body. */
async function inputOf(request: Request, endpoint: Endpoint): Promise<unknown> {
  const { body: schema, maxBytes = 65_536 } = endpoint;
  if (schema === undefined) return undefined;
  return endpoint.method === "GET"
    ? parseInput(schema, Object.fromEntries(new URL(request.url).searchParams))
    : await parseBody(request, { schema, maxBytes });
}

/** Counts and logs a finished request. The flush begins when the response is on its way, not before. */
function record(platform: Platform, options: { c: HonoContext<Env>; durationMs: number }): void {
  const { c, durationMs } = options;
  const route = c.get("route") ?? "unmatched";
  const status = c.res.status;
  platform.metrics.count("mobility_http_requests_total", {
    function: platform.name,
    route,
    status,
  });
  platform.metrics.observe("mobility_http_request_duration_seconds", durationMs / 1000, {
    function: platform.name,
    route,
  });
  platform.logger.log(status >= 500 ? "error" : "info", "request", {
    request_id: c.get("requestId"),
    method: c.req.method,
    route,
    status,
    code: c.res.headers.get("x-error-code") ?? undefined,
    duration_ms: Math.round(durationMs * 10) / 10,
  });
  platform.afterResponse(() => platform.metrics.flush(), { afterMs: 0 });
}
