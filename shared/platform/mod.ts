// For the functions' entry points.
export { createPlatform, type Platform } from "./platform.ts";
export { createHandler, type FunctionDefinition } from "./handler.ts";
export { health } from "./health.ts";
export { type Config, readConfig, readWhatsAppConfig, type WhatsAppConfig } from "./config.ts";

// For the endpoints.
export {
  type Answer,
  type Context,
  type Declaration,
  type Endpoint,
  endpoint,
  type RawDeclaration,
  type RawEndpoint,
} from "./endpoint.ts";
export {
  actingUser,
  Authenticator,
  type Caller,
  equalInConstantTime,
  sharedSecrets,
} from "./auth.ts";
export { parseInput, readBytes } from "./body.ts";
export { instant } from "./instant.ts";
export { text } from "./text.ts";
export { ApiError, catalogue, type ErrorCode, errorCodes, isErrorCode } from "./errors.ts";
export { errorBody } from "./error-response.ts";
export { addRateLimit, type RateLimit, rateLimits, refuseIfLimited } from "./rate-limit.ts";

// What they work with.
export { Cache, type Pipeline } from "./cache.ts";
export { Database } from "./database.ts";
export { createLogger, type Logger } from "./logger.ts";
export { Metrics, renderMetrics } from "./metrics.ts";
export { Pump, type PumpBudget, type PumpSteps } from "./pump.ts";
