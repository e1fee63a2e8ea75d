import {
  buildDocument,
  describedFunctions,
  type OpenApiDocument,
} from "../../shared/openapi/mod.ts";
import { createPlatform, readConfig } from "../../shared/platform/mod.ts";
import { createStrategies } from "../../shared/ranking/mod.ts";

/** The description of the API, as the orchestrator serves it. Nothing is called or listened to for it. */
export function readApiDocument(): OpenApiDocument {
  const config = readConfig({
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SECRET_KEYS: '{"default":"unused"}',
    JWT_SECRET: "unused",
  });
  const platform = createPlatform("description", { config, writeLog: () => {} });
  return buildDocument(describedFunctions(platform, createStrategies(undefined)));
}
