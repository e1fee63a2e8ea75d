import assert from "node:assert/strict";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { takenKey, whileTaking } from "../../../shared/matching/availability.ts";
import { ApiError, Cache, createLogger, type ErrorCode } from "../../../shared/platform/mod.ts";

async function markedAfter(code: ErrorCode): Promise<boolean> {
  const redis = await MemoryRedis.create();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    createRedisFront({ redis, token: "token" }),
  );
  const logger = createLogger("test", { level: "error", write: () => {} });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cache = new Cache({ url, token: "token" }, { deadlineMs: 2_000, logger });
  const tripId = crypto.randomUUID();
  await assert.rejects(
    whileTaking(cache, {
      tripIds: [tripId],
      by: "me",
      poolTtlS: 60,
      transaction: () => Promise.reject(new ApiError(code, "refused")),
    }),
    { code },
  );
  const answer = await cache.exec((pipeline) => pipeline.exists(takenKey(tripId)));
  await redis.close();
  return answer?.[0] === 1;
}

Deno.test("whileTaking() releases what a transaction refused to take", async () => {
  assert.equal(await markedAfter("TRIP_ALREADY_MATCHED"), false);
});

Deno.test("whileTaking() keeps the mark of a transaction that may have been committed", async () => {
  assert.equal(await markedAfter("SERVICE_UNAVAILABLE"), true);
  assert.equal(await markedAfter("DATABASE_ERROR"), true);
});
