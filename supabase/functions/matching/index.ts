import { matchingEndpoints } from "../../../shared/matching/mod.ts";
import { createHandler, createPlatform } from "../../../shared/platform/mod.ts";

const platform = createPlatform("matching");

Deno.serve(createHandler(platform, {
  name: "matching",
  endpoints: matchingEndpoints(platform),
  needsDatabase: true,
}));
