import type { Example } from "./example.ts";

/** A health check of a function, with or without a database. */
function healthy(name: string, { database }: { readonly database: boolean }): Example {
  return {
    response: {
      status: "ok",
      function: name,
      checks: {
        ...(database ? { database: { status: "ok", latency_ms: 3.1 } } : {}),
        cache: { status: "ok", latency_ms: 1.4 },
      },
      timestamp: "2026-11-23T08:00:30.000Z",
    },
  };
}

/** Of what machines call: Meta, the clock, Prometheus, whoever watches. */
export const machineExamples = {
  verifyWebhook: { response: "1158201444" },
  receiveWebhook: {
    request: { object: "whatsapp_business_account", entry: [] },
    response: { received: 0 },
  },
  work: { response: { events: 2, sent: 3, failed: 0, deliveries: 0 } },
  getMetrics: {
    response: "# HELP mobility_matches_created_total Matches made\n" +
      "# TYPE mobility_matches_created_total counter\n" +
      'mobility_matches_created_total{vehicle_type="moto"} 412\n',
  },
  describeApi: { response: { openapi: "3.1.1", info: { title: "Mobility" } } },
  orchestratorHealth: healthy("orchestrator", { database: true }),
  matchingHealth: healthy("matching", { database: true }),
  rankingHealth: healthy("ranking", { database: false }),
  trackingHealth: healthy("tracking", { database: true }),
  whatsappWebhookHealth: healthy("whatsapp-webhook", { database: true }),
  metricsHealth: healthy("metrics", { database: false }),
} as const satisfies Readonly<Record<string, Example>>;
