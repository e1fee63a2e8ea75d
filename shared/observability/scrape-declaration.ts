import { z } from "zod";
import type { RawDeclaration } from "../platform/mod.ts";

/** The only path of the metrics function. */
export const scrapeDeclaration: RawDeclaration = {
  name: "getMetrics",
  method: "GET",
  path: "/",
  summary: "Everything that is counted and measured, for Prometheus",
  description:
    "What the database knows is left out while it does not answer; what the functions count, while " +
    "Redis does not.",
  credentials: "metrics_token",
  response: {
    contentType: "text/plain",
    schema: z.string().describe("The Prometheus text format, version 0.0.4"),
  },
  errors: ["UNAUTHENTICATED", "FORBIDDEN", "SERVICE_UNAVAILABLE"],
};
