import { createHandler, createPlatform } from "../../../shared/platform/mod.ts";
import { createStrategies, rankingEndpoints } from "../../../shared/ranking/mod.ts";

const platform = createPlatform("ranking");
const strategies = createStrategies(platform.config.rankingStrategies);

Deno.serve(createHandler(platform, {
  name: "ranking",
  endpoints: rankingEndpoints(strategies),
  needsDatabase: false,
}));
