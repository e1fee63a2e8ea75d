import { z } from "zod";
import type { Platform } from "./platform.ts";

const check = z.object({
  status: z.enum(["ok", "failed", "off"]),
  latency_ms: z.number().optional(),
});

type Check = Readonly<z.infer<typeof check>>;

/** What a health check answers. */
export const health = z.object({
  status: z.enum(["ok", "degraded", "unavailable"])
    .describe(
      "`degraded`: the cache is down, which makes it slower; `unavailable`: it cannot serve",
    ),
  function: z.string(),
  checks: z.object({
    database: check.optional().describe("Left out by a function that needs none"),
    cache: check.describe("`off` where none is configured"),
  }),
  timestamp: z.iso.datetime(),
}).meta({ id: "Health" });

/**
 * What a function depends on, each with its latency in milliseconds. 503 when it cannot serve; a cache
 * that is down only makes it slower, which "degraded" says.
 */
export async function checkHealth(
  platform: Platform,
  needs: { readonly name: string; readonly needsDatabase: boolean },
): Promise<Response> {
  const [database, cache] = await Promise.all([
    needs.needsDatabase
      ? measure(() => platform.database.call("ping", {}, z.unknown()).then(() => true))
      : undefined,
    platform.cache.enabled
      ? measure(async () =>
        (await platform.cache.exec((pipeline) => pipeline.ping())) !== undefined
      )
      : { status: "off" } as const,
  ]);
  const serves = database === undefined || database.status === "ok";
  const status = !serves ? "unavailable" : cache.status === "failed" ? "degraded" : "ok";
  return Response.json({
    status,
    function: needs.name,
    checks: { ...(database === undefined ? {} : { database }), cache },
    timestamp: new Date().toISOString(),
  }, { status: serves ? 200 : 503, headers: { "cache-control": "no-store" } });
}

async function measure(probe: () => Promise<boolean>): Promise<Check> {
  const startedAt = performance.now();
  const ok = await probe().catch(() => false);
  return {
    status: ok ? "ok" : "failed",
    latency_ms: Math.round((performance.now() - startedAt) * 10) / 10,
  };
}
