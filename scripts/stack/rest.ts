import { App } from "@supabase/lite";
import type { Claims } from "./caller.ts";
import type { Database } from "./database.ts";
import { catchingErrors } from "./lite-session.ts";
import type { Project } from "./project.ts";

/** Answers one request of /rest/v1 as the given caller. */
export type RestHandler = (request: Request, caller: Claims) => Promise<Response>;

/**
 * The REST API over an open database, in this process. lite is given no keys of its own: who is calling
 * has been decided, and reaches it beside the request.
 */
export async function createRestHandler(
  database: Database,
  project: Project,
): Promise<RestHandler> {
  const callers = new WeakMap<Request, Claims>();
  const app = new App({
    connection: database.connection,
    api: { schemas: [...project.schemas], max_rows: project.maxRows },
    auth: { enabled: false },
    studio: { enabled: false },
    options: {
      server: {
        admin: false,
        disableStudio: true,
        disableFallback: true,
        apiKeys: {
          resolver: (_key, context) => {
            const claims = callers.get(context.req.raw);
            return Promise.resolve(claims ? { type: "publishable", claims: { ...claims } } : null);
          },
        },
      },
    },
  });
  await app.init();

  return async (request, caller) => {
    // Read before its turn comes: a slow caller must not keep the others waiting.
    const body = request.body === null ? null : await request.arrayBuffer();
    const headers = new Headers(request.headers);
    headers.delete("authorization");
    headers.set("apikey", "resolved-by-the-gateway");
    const { url, method } = request;
    const forwarded = new Request(url, { method, headers, body });
    callers.set(forwarded, caller);
    return await database.run(() => catchingErrors(caller.role, () => app.fetch(forwarded)));
  };
}
