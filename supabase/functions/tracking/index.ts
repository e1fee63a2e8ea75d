import { trackingEndpoints } from "../../../shared/tracking/mod.ts";
import { createHandler, createPlatform } from "../../../shared/platform/mod.ts";

const platform = createPlatform("tracking");

Deno.serve(createHandler(platform, {
  name: "tracking",
  endpoints: trackingEndpoints(platform),
  needsDatabase: true,
}));
