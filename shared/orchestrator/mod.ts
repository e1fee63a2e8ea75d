import { operatorEndpoints } from "../operator/mod.ts";
import type { Endpoint, Platform } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import { dispatchEndpoints } from "./dispatch-endpoints.ts";
import { findEndpoints } from "./find-endpoints.ts";
import { rideEndpoints } from "./ride-endpoints.ts";

/** The routes of the orchestrator. */
export function orchestratorEndpoints(platform: Platform, strategies: Strategies): Endpoint[] {
  return [
    ...findEndpoints(platform, strategies),
    ...rideEndpoints(platform),
    ...dispatchEndpoints(platform, strategies),
    ...operatorEndpoints(platform, strategies),
  ];
}
