import { apiEndpoint } from "../../shared/openapi/mod.ts";
import { orchestratorEndpoints } from "../../shared/orchestrator/mod.ts";
import { createHandler, createPlatform, readConfig } from "../../shared/platform/mod.ts";
import { createStrategies } from "../../shared/ranking/mod.ts";
import { matchingEndpoints } from "../../shared/matching/mod.ts";
import { trackingEndpoints } from "../../shared/tracking/mod.ts";
import { createMetricsHandler } from "../../shared/observability/mod.ts";
import { Http } from "./http.ts";
import type { World } from "./stack.ts";

/** A function in this process, over the stack's database. */
export interface InProcess {
  readonly http: Http;
  /** The calls of the database so far, by name. */
  readonly calls: string[];
  readonly log: string[];
}

/** Which function, and the environment that differs from the stack's. */
export interface InProcessOptions {
  readonly name: "orchestrator" | "matching" | "tracking" | "metrics";
  /** An empty value unsets a variable. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds a function as its index.ts does, with the database's round trips counted. */
export function inProcess(world: World, options: InProcessOptions): InProcess {
  const { info } = world;
  const calls: string[] = [];
  const log: string[] = [];
  const platform = createPlatform(options.name, {
    config: readConfig({
      SUPABASE_URL: info.api_url,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: info.secret_key }),
      JWT_SECRET: info.jwt_secret,
      UPSTASH_REDIS_REST_URL: info.redis_rest_url,
      UPSTASH_REDIS_REST_TOKEN: info.redis_rest_token,
      ...options.env,
    }),
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      calls.push(url.pathname.replace("/rest/v1/rpc/", ""));
      return fetch(input, init);
    },
    writeLog: (line) => log.push(line),
  });
  const endpoints = {
    orchestrator: () => orchestratorEndpoints(platform, createStrategies(undefined)),
    matching: () => matchingEndpoints(platform),
    tracking: () => trackingEndpoints(platform),
    metrics: () => [],
  }[options.name];
  const handler = options.name === "metrics" ? createMetricsHandler(platform) : createHandler(
    platform,
    {
      name: options.name,
      endpoints: endpoints(),
      rawEndpoints: options.name === "orchestrator"
        ? [apiEndpoint(platform, createStrategies(undefined))]
        : [],
      needsDatabase: true,
    },
  );
  return { http: new Http(info, handler), calls, log };
}
