import { ApiError, createHandler, type Platform, renderMetrics } from "../platform/mod.ts";
import { renderEtaGauges } from "./eta-gauges.ts";
import { renderQueueGauges } from "./queue-gauges.ts";
import { scrapeDeclaration } from "./scrape-declaration.ts";

export { scrapeDeclaration };

/**
 * The metrics function: what every function counted, how full the queues are and how far the ETAs were off, for
 * Prometheus. Callers are the service, or whoever holds METRICS_TOKEN (a scraper sends it as a bearer token).
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
  if (!platform.cache.enabled) {
    throw new ApiError("SERVICE_UNAVAILABLE", "Metrics are kept in Redis, and none is configured");
  }
  const [text, ...gauges] = await Promise.all([
    renderMetrics(platform.cache),
    renderQueueGauges(platform),
    renderEtaGauges(platform),
  ]);
  if (text === undefined) {
    throw new ApiError("SERVICE_UNAVAILABLE", "Redis, which keeps the metrics, did not answer");
  }
  return new Response(text + gauges.join(""), {
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
  });
}

async function authorize(platform: Platform, headers: Headers): Promise<void> {
  const token = platform.config.metricsToken;
  if (token !== undefined && platform.authenticator.holds(headers, token)) return;
  const caller = await platform.authenticator.authenticate(headers);
  if (caller.kind !== "service") throw new ApiError("FORBIDDEN", "Metrics are for the service");
}
