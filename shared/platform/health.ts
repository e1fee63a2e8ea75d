import { z } from "zod";
import type { Platform } from "./platform.ts";

interface Check {
  readonly status: "ok" | "failed" | "off";
  readonly latency_ms?: number;
}

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
