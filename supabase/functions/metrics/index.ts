import { createMetricsHandler } from "../../../shared/observability/mod.ts";
import { createPlatform } from "../../../shared/platform/mod.ts";

Deno.serve(createMetricsHandler(createPlatform("metrics")));
