import { bearerToken, identifyCaller, RefusedCallerError, verifyToken } from "./caller.ts";
import { hostedPage } from "./hosted-page.ts";
import type { Keys } from "./keys.ts";
import type { RealtimeRelay } from "./realtime/relay.ts";
import type { RestHandler } from "./rest.ts";
import { simulatorPage, type SimulatorPageOptions } from "./simulator-page.ts";

/** A function as the gateway sees it. */
export interface GatewayFunction {
  readonly verifyJwt: boolean;
  /** Undefined when the function has no code to run. */
  readonly port: number | undefined;
}

/** What stands behind the gateway. */
export interface GatewayOptions {
  readonly keys: Keys;
  readonly functions: ReadonlyMap<string, GatewayFunction>;
  /** Undefined until the database is open. */
  readonly rest: () => RestHandler | undefined;
  readonly realtime: () => RealtimeRelay | undefined;
  readonly simulator: SimulatorPageOptions;
  /** The folder of the pages. */
  readonly web: string;
}

/** Answers a request that came from the given address. */
export type Gateway = (request: Request, info: Deno.ServeHandlerInfo) => Promise<Response>;

const METHODS = "GET, HEAD, PUT, PATCH, POST, DELETE, OPTIONS";
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS",
  "access-control-max-age": "3600",
};

/** The one door of the stack: /rest/v1, /functions/v1, /auth/v1 and /realtime/v1 as hosted; the pages. */
export function createGateway(options: GatewayOptions): Gateway {
  return async (request, info) => {
    try {
      return await route(request, { ...options, info });
    } catch (error) {
      if (error instanceof RefusedCallerError) return json(error.status, error.body);
      // The caller went away in the middle of the body: nobody will read this.
      if (error instanceof Deno.errors.BadResource) return json(400, { message: "No body" });
      throw error;
    }
  };
}

type RouteOptions = GatewayOptions & { readonly info: Deno.ServeHandlerInfo };

async function route(request: Request, options: RouteOptions): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/functions/v1/")) return await callFunction(request, options);
  if (pathname === "/simulator" || pathname.startsWith("/simulator/")) {
    return await simulatorPage(request, options.simulator);
  }
  const page = await hostedPage(request, options.web);
  if (page !== undefined) return page;
  if (request.method === "OPTIONS") return preflight(request);
  if (pathname.startsWith("/rest/v1/") || pathname === "/rest/v1") {
    return await callRest(request, options);
  }
  if (pathname === "/auth/v1/.well-known/jwks.json") {
    // As hosted with a shared secret: a symmetric key is nothing to publish.
    return json(200, { keys: [] });
  }
  if (pathname.startsWith("/auth/v1")) {
    return json(501, {
      code: "NOT_IMPLEMENTED",
      message: "Sign-in is not part of the embedded stack: sign users' tokens with JWT_SECRET",
    });
  }
  if (pathname.startsWith("/realtime/v1/")) {
    return await options.realtime()?.handle(request) ?? notOpenYet();
  }
  return json(404, {
    code: "NOT_FOUND",
    message: `Nothing is served at ${pathname}: try /rest/v1, /functions/v1, /simulator or /trip`,
  });
}

async function callRest(request: Request, { keys, rest }: RouteOptions): Promise<Response> {
  const caller = await identifyCaller(request, keys);
  return await rest()?.(request, caller) ?? notOpenYet();
}

function notOpenYet(): Response {
  return json(503, { code: "PGRST001", message: "The database is still being opened" });
}

async function callFunction(request: Request, options: RouteOptions): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice("/functions/v1".length);
  const name = path.split("/")[1] ?? "";
  const target = options.functions.get(name);
  if (target === undefined) {
    const known = [...options.functions.keys()].sort().join(", ");
    return json(404, {
      code: "NOT_FOUND",
      message: `Requested function "${name}" was not found. supabase/config.toml has: ${known}`,
    });
  }
  // A browser sends its preflight without the token; the function answers it.
  if (target.verifyJwt && request.method !== "OPTIONS") {
    const token = bearerToken(request);
    if (token === undefined) {
      throw new RefusedCallerError({
        code: "UNAUTHORIZED_NO_AUTH_HEADER",
        message: "Missing authorization header",
      });
    }
    await verifyToken(token, options.keys);
  }
  if (target.port === undefined) return bootError(name, "it has no entrypoint");
  return await forward(request, { ...options, name, path: path + url.search, port: target.port });
}

async function forward(
  request: Request,
  { name, path, port, info }: RouteOptions & { name: string; path: string; port: number },
): Promise<Response> {
  // fetch() refuses to pass these on (Fetch standard, "forbidden method").
  if (["TRACE", "TRACK", "CONNECT"].includes(request.method)) {
    return json(405, { code: "METHOD_NOT_ALLOWED", message: `Use ${METHODS}` }, { allow: METHODS });
  }
  const headers = new Headers(request.headers);
  const url = new URL(request.url);
  // Compressing between two processes of one machine would only cost time.
  headers.set("accept-encoding", "identity");
  headers.set("x-forwarded-host", url.hostname);
  headers.set("x-forwarded-port", url.port);
  headers.set("x-forwarded-proto", "http");
  if (info.remoteAddr.transport === "tcp") {
    const before = request.headers.get("x-forwarded-for");
    const address = info.remoteAddr.hostname;
    headers.set("x-forwarded-for", before === null ? address : `${before}, ${address}`);
  }
  try {
    return await fetch(`http://127.0.0.1:${port}${path}`, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return bootError(name, "it does not answer; its log says why, and it is started again");
  }
}

function bootError(name: string, reason: string): Response {
  return json(503, { code: "BOOT_ERROR", message: `Function "${name}" failed to boot: ${reason}` });
}

function preflight(request: Request): Response {
  const wanted = request.headers.get("access-control-request-headers");
  return new Response(null, {
    status: 200,
    headers: { ...CORS, ...(wanted === null ? {} : { "access-control-allow-headers": wanted }) },
  });
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, {
    status,
    headers: { "access-control-allow-origin": "*", ...headers },
  });
}
