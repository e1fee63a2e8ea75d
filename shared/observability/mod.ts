import { ApiError, createHandler, type Platform } from "../platform/mod.ts";
import { renderPage } from "./render-page.ts";
import { scrapeDeclaration } from "./scrape-declaration.ts";

export { scrapeDeclaration };

/**
 * The metrics function: what every function counted, what the service does and how the database is, for Prometheus.
 * It says what it can when one of Redis and the database is gone. Callers are the service, or whoever holds
 * METRICS_TOKEN (a scraper sends it as a bearer token).
 */
export function createMetricsHandler(platform: Platform): (request: Request) => Promise<Response> {
  return createHandler(platform, {
    name: "metrics",
    endpoints: [],
    needsDatabase: false,
    rawEndpoints: [{
      ...scrapeDeclaration,
      handle: (request) => showMetrics(platform, request),
    }],
  });
}

async function showMetrics(platform: Platform, request: Request): Promise<Response> {
  await authorize(platform, request.headers);
  const page = await renderPage(platform);
  if (page === undefined) {
    throw new ApiError("SERVICE_UNAVAILABLE", "Neither Redis nor the database answered");
  }
  return new Response(page, {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  });
}

async function authorize(platform: Platform, headers: Headers): Promise<void> {
  const token = platform.config.metricsToken;
  if (token !== undefined && platform.authenticator.holds(headers, token)) return;
  const caller = await platform.authenticator.authenticate(headers);
  if (caller.kind !== "service") throw new ApiError("FORBIDDEN", "Metrics are for the service");
}
