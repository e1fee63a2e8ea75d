import { AsyncLocalStorage } from "node:async_hooks";
import type { Connection } from "@supabase/lite";
import { CompiledQuery, type Transaction } from "kysely";
import type { DatabaseRole } from "./caller.ts";
import { postgrestError } from "./postgrest-error.ts";

interface SessionVars {
  readonly auth?: {
    readonly role?: string;
    readonly uid?: string | null;
    readonly jwt?: unknown;
  };
}

interface RpcRequest {
  readonly method: string;
  readonly path: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
}

type Database = Transaction<unknown>;

interface Caught {
  readonly role: DatabaseRole;
  error?: unknown;
}

const errors = new AsyncLocalStorage<Caught>();

// What lite takes for a mistake of the caller: it answers without a word, and that answer is not used.
const ALREADY_ANSWERED = "Invalid JSON body";

/**
 * Changes three things in a connection of @supabase/lite 0.10.0, before its first request.
 *
 * On that request it would grant ALL on every table of each schema with row-level security to anon,
 * authenticated and service_role, for good: the migrations say who may do what. It prepares each
 * request's transaction with eleven statements, one setting each; two do, and nearly double the rate.
 * And it answers 500 to most errors of PostgreSQL, printing them: here `catchingErrors` comes first.
 */
export function tuneSession<T extends Connection>(connection: T): T {
  replace(connection, { name: "rlsState", value: "active" });
  replace(connection, { name: "applyJwtSessionContext", value: applyCaller });
  replace(connection, { name: "applyRpcRequestGucs", value: applyRequest });
  const inContext = connection.withContext.bind(connection);
  const catching: typeof inContext = async (vars, work, options) => {
    try {
      return await inContext(vars, work, options);
    } catch (error) {
      const caught = errors.getStore();
      if (caught === undefined || postgrestError(error, caught.role) === undefined) throw error;
      caught.error = error;
      throw new Error(ALREADY_ANSWERED, { cause: error });
    }
  };
  replace(connection, { name: "withContext", value: catching });
  return connection;
}

/** Runs one request of lite's, and answers as PostgREST does when PostgreSQL refuses it. */
export async function catchingErrors(
  role: DatabaseRole,
  request: () => Promise<Response>,
): Promise<Response> {
  const caught: Caught = { role };
  const response = await errors.run(caught, request);
  return postgrestError(caught.error, role) ?? response;
}

/** The role of the caller, and the claims that `auth.uid()` and the policies read. */
async function applyCaller(db: Database, { auth }: SessionVars): Promise<void> {
  const role = auth?.role ?? "anon";
  await set(db, {
    "role": role,
    "request.jwt.claims": JSON.stringify(auth?.jwt ?? { role }),
    "request.jwt.claim.role": role,
    "request.jwt.claim.sub": auth?.uid ?? "",
  });
}

/** What a function can read of the request, and what it may set of the response. */
async function applyRequest(
  db: Database,
  { method, path, requestHeaders = {} }: RpcRequest,
): Promise<void> {
  await set(db, {
    "response.status": "",
    "response.headers": "",
    "request.method": method,
    "request.path": path,
    "request.headers": JSON.stringify(requestHeaders),
  });
}

async function set(db: Database, settings: Readonly<Record<string, string>>): Promise<void> {
  const calls = Object.keys(settings).map((name, index) =>
    `set_config('${name}', $${index + 1}, true)`
  );
  await db.executeQuery(
    CompiledQuery.raw(`select ${calls.join(", ")}`, Object.values(settings)),
  );
}

function replace(target: object, { name, value }: { name: string; value: unknown }): void {
  if (!Reflect.has(target, name)) {
    throw new Error(`Cannot tune @supabase/lite: this version has no "${name}"`);
  }
  Reflect.set(target, name, value);
}
