import { apiEndpoint } from "../../../shared/openapi/mod.ts";
import { orchestratorEndpoints } from "../../../shared/orchestrator/mod.ts";
import { createHandler, createPlatform } from "../../../shared/platform/mod.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";

const platform = createPlatform("orchestrator");
const strategies = createStrategies(platform.config.rankingStrategies);

Deno.serve(createHandler(platform, {
  name: "orchestrator",
  endpoints: orchestratorEndpoints(platform, strategies),
  rawEndpoints: [apiEndpoint(platform, strategies)],
  needsDatabase: true,
}));
