import assert from "node:assert/strict";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import {
  markTaken,
  releaseTaken,
  takenKey,
  whileTaking,
} from "../../../shared/matching/availability.ts";
import {
  ApiError,
  createPlatform,
  type ErrorCode,
  type Platform,
  readConfig,
} from "../../../shared/platform/mod.ts";

const POOL_TTL_S = 60;
const tripId = crypto.randomUUID();
const me = { tripIds: [tripId], by: "me" };

interface World {
  readonly platform: Platform;
  readonly redis: MemoryRedis;
  /** Whoever has marked the trip, and for how many seconds more. */
  mark(): Promise<{ by: unknown; seconds: unknown }>;
  /** Waits for what is done after the response. */
  settled(): Promise<void>;
}

async function withRedis(body: (world: World) => Promise<void>): Promise<void> {
  const redis = await MemoryRedis.create();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    createRedisFront({ redis, token: "token" }),
  );
  const created = createPlatform("test", {
    config: readConfig({
      SUPABASE_URL: "http://127.0.0.1:1",
      SUPABASE_SERVICE_ROLE_KEY: "key",
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${server.addr.port}`,
      UPSTASH_REDIS_REST_TOKEN: "token",
      CACHE_DEADLINE_MS: "2000",
      CACHE_POOL_TTL_S: String(POOL_TTL_S),
    }),
    writeLog: () => {},
  });
  const later: Promise<void>[] = [];
  await body({
    platform: { ...created, afterResponse: (work) => void later.push(work()) },
    redis,
    mark: async () => {
      const [by, seconds] = await redis.run([["GET", takenKey(tripId)], ["TTL", takenKey(tripId)]]);
      return { by, seconds };
    },
    settled: async () => {
      await Promise.all(later);
    },
  });
  await redis.close();
}

function refusedWith(platform: Platform, code: ErrorCode): Promise<void> {
  return assert.rejects(
    whileTaking(platform, {
      ...me,
      transaction: () => Promise.reject(new ApiError(code, "refused")),
    }),
    { code },
  );
}

Deno.test("whileTaking() releases what a transaction refused to take", async () => {
  await withRedis(async ({ platform, mark }) => {
    await refusedWith(platform, "TRIP_ALREADY_MATCHED");
    assert.equal((await mark()).by, null);
  });
});

Deno.test("whileTaking() keeps the mark of a transaction that may have been committed", async () => {
  for (const code of ["SERVICE_UNAVAILABLE", "DATABASE_ERROR"] as const) {
    await withRedis(async ({ platform, mark }) => {
      await refusedWith(platform, code);
      assert.equal((await mark()).by, "me", code);
    });
  }
});

Deno.test("whileTaking() releases what a replay has not taken", async () => {
  await withRedis(async ({ platform, mark, settled }) => {
    const transaction = (): Promise<string> => Promise.resolve("another");
    await whileTaking(platform, { ...me, transaction, hasTaken: (id) => id === "mine" });
    await settled();
    assert.equal((await mark()).by, null);
  });
});

Deno.test("whileTaking() marks again what Redis has forgotten meanwhile", async () => {
  await withRedis(async ({ platform, redis, mark, settled }) => {
    await whileTaking(platform, {
      ...me,
      transaction: async () => {
        await redis.run([["FLUSHALL"]]);
      },
    });
    await settled();
    assert.equal((await mark()).by, "me");
  });
});

Deno.test("markTaken() lets an older mark live as long as its own would, and leaves it its owner's", async () => {
  await withRedis(async ({ platform: { cache }, redis, mark }) => {
    await redis.run([["SET", takenKey(tripId), "before", "EX", "2"]]);
    await markTaken(cache, { ...me, poolTtlS: POOL_TTL_S });
    assert.deepEqual(await mark(), { by: "before", seconds: POOL_TTL_S + 30 });
    await releaseTaken(cache, me);
    assert.equal((await mark()).by, "before");
  });
});
