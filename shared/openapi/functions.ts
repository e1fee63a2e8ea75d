import { matchingEndpoints } from "../matching/mod.ts";
import { scrapeDeclaration } from "../observability/mod.ts";
import { orchestratorEndpoints } from "../orchestrator/mod.ts";
import type { Declaration, Platform, RawDeclaration } from "../platform/mod.ts";
import { rankingEndpoints, type Strategies } from "../ranking/mod.ts";
import { trackingEndpoints } from "../tracking/mod.ts";
import * as webhook from "../webhook-contract/mod.ts";
import { apiDeclaration } from "./api-declaration.ts";

/** A function as its callers see it. */
export interface DescribedFunction {
  readonly name: string;
  /** What it is for, in a sentence. */
  readonly summary: string;
  readonly needsDatabase: boolean;
  readonly endpoints: readonly Declaration[];
  readonly rawEndpoints?: readonly RawDeclaration[];
}

/** All functions. Their endpoints are read, never called: the platform may be any function's. */
export function describedFunctions(
  platform: Platform,
  strategies: Strategies,
): DescribedFunction[] {
  return [
    {
      name: "orchestrator",
      summary: "The ride: trips, searches, matches, offers; and what operators see and do",
      needsDatabase: true,
      endpoints: orchestratorEndpoints(platform, strategies),
      rawEndpoints: [apiDeclaration],
    },
    {
      name: "matching",
      summary: "Who is near a point",
      needsDatabase: true,
      endpoints: matchingEndpoints(platform),
    },
    {
      name: "ranking",
      summary: "Who is better",
      needsDatabase: false,
      endpoints: rankingEndpoints(strategies),
    },
    {
      name: "tracking",
      summary: "Where everybody is, and links for who waits at home",
      needsDatabase: true,
      endpoints: trackingEndpoints(platform),
    },
    {
      name: "whatsapp-webhook",
      summary: "What Meta calls, and the worker behind it",
      needsDatabase: true,
      endpoints: [webhook.work],
      rawEndpoints: [webhook.verifyWebhook, webhook.receiveWebhook],
    },
    {
      name: "metrics",
      summary: "How it all does",
      needsDatabase: false,
      endpoints: [],
      rawEndpoints: [scrapeDeclaration],
    },
  ];
}
