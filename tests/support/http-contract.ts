import assert from "node:assert/strict";
import { z } from "zod";
import { matchingEndpoints } from "../../shared/matching/mod.ts";
import { orchestratorEndpoints } from "../../shared/orchestrator/mod.ts";
import { catalogue, createPlatform, isErrorCode, readConfig } from "../../shared/platform/mod.ts";
import { createStrategies, rankingEndpoints } from "../../shared/ranking/mod.ts";
import { trackingEndpoints } from "../../shared/tracking/mod.ts";

/** One route of the API: `path` begins with the function's name and may have ":id" in it. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly response: z.ZodType;
}

const errorBody = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string().min(1),
    details: z.unknown().optional(),
    request_id: z.string().min(1),
  }),
});

/** Every route with the schema of its answer, as the functions themselves declare them. */
export const routes: readonly Route[] = declaredRoutes();

/**
 * Holds an answer of a function against the contract: a 2xx has exactly the shape its endpoint declares, any
 * other is one error of the catalogue, with its status, and says nothing about our code.
 */
export function assertContract(
  request: { method: string; path: string },
  answer: { status: number; headers: Headers; body: unknown; text: string },
): void {
  const where = `${request.method} ${request.path} -> ${answer.status} ${
    answer.text.slice(0, 400)
  }`;
  if (answer.status < 300) {
    const route = routes.find(({ method, pattern }) =>
      method === request.method && pattern.test(request.path)
    );
    if (route === undefined) return;
    const parsed = route.response.safeParse(answer.body);
    assert.ok(parsed.success, `${where} is not what the endpoint declares: ${parsed.error}`);
    assert.deepEqual(answer.body, parsed.data, `${where} has fields that are not declared`);
    return;
  }
  const parsed = errorBody.safeParse(answer.body);
  assert.ok(parsed.success, `${where} is not an error of the API: ${parsed.error}`);
  const { code, request_id } = parsed.data.error;
  assert.ok(isErrorCode(code), `${where}: the code is not in the catalogue`);
  assert.equal(answer.status, catalogue[code], `${where}: not the status of ${code}`);
  assert.equal(answer.headers.get("x-request-id"), request_id, where);
  assert.doesNotMatch(answer.text, /\bat \S+ \(|\.ts:\d|file:\/\/|node_modules/, where);
}

function declaredRoutes(): Route[] {
  // Only the declarations are used: nothing is called.
  const config = readConfig({
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SECRET_KEYS: '{"default":"unused"}',
    JWT_SECRET: "unused",
  });
  const platform = createPlatform("contract", { config, writeLog: () => {} });
  const strategies = createStrategies(undefined);
  const functions = {
    orchestrator: orchestratorEndpoints(platform, strategies),
    matching: matchingEndpoints(platform),
    ranking: rankingEndpoints(strategies),
    tracking: trackingEndpoints(platform),
  };
  return Object.entries(functions).flatMap(([name, endpoints]) =>
    endpoints.map(({ method, path, response }) => ({
      method,
      path: `${name}${path}`,
      pattern: new RegExp(`^${name}${path.replace(":id", "[^/]+")}$`),
      response,
    }))
  );
}
