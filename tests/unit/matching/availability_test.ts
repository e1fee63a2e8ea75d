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
  /** Those who have marked the trip. */
  takers(): Promise<unknown>;
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
    takers: async () => (await redis.run([["HKEYS", takenKey(tripId)]]))[0],
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
  await withRedis(async ({ platform, takers }) => {
    await refusedWith(platform, "TRIP_ALREADY_MATCHED");
    assert.deepEqual(await takers(), []);
  });
});

Deno.test("whileTaking() keeps the mark of a transaction that may have been committed", async () => {
  for (const code of ["SERVICE_UNAVAILABLE", "DATABASE_ERROR"] as const) {
    await withRedis(async ({ platform, takers }) => {
      await refusedWith(platform, code);
      assert.deepEqual(await takers(), ["me"], code);
    });
  }
});

Deno.test("whileTaking() releases what a replay has not taken", async () => {
  await withRedis(async ({ platform, takers, settled }) => {
    const transaction = (): Promise<string> => Promise.resolve("another");
    await whileTaking(platform, { ...me, transaction, hasTaken: (id) => id === "mine" });
    await settled();
    assert.deepEqual(await takers(), []);
  });
});

Deno.test("whileTaking() marks again what Redis has forgotten meanwhile", async () => {
  await withRedis(async ({ platform, redis, takers, settled }) => {
    await whileTaking(platform, {
      ...me,
      transaction: async () => {
        await redis.run([["FLUSHALL"]]);
      },
    });
    await settled();
    assert.deepEqual(await takers(), ["me"]);
  });
});

Deno.test("whileTaking() leaves the mark of who was quicker, when its own transaction is refused or a replay", async () => {
  for (const isRefused of [true, false]) {
    await withRedis(async ({ platform, takers, settled }) => {
      const transaction = async (): Promise<string> => {
        // Both have marked before either has taken.
        await markTaken(platform.cache, { tripIds: [tripId], by: "quicker", poolTtlS: POOL_TTL_S });
        if (isRefused) throw new ApiError("TRIP_ALREADY_MATCHED", "taken");
        return "another";
      };
      const slower = whileTaking(platform, { ...me, transaction, hasTaken: () => false });
      await slower.catch((error: unknown) => assert.ok(error instanceof ApiError));
      await settled();
      assert.deepEqual(await takers(), ["quicker"]);
    });
  }
});

Deno.test("markTaken() gives an older mark the life of a new one, and each is released by its own", async () => {
  await withRedis(async ({ platform: { cache }, redis, takers }) => {
    await markTaken(cache, { tripIds: [tripId], by: "before", poolTtlS: 1 });
    await markTaken(cache, { ...me, poolTtlS: POOL_TTL_S });
    const [seconds] = await redis.run([["TTL", takenKey(tripId)]]);
    assert.equal(seconds, POOL_TTL_S + 30);
    await releaseTaken(cache, { tripIds: [tripId], by: "before" });
    assert.deepEqual(await takers(), ["me"]);
    await releaseTaken(cache, me);
    assert.deepEqual(await redis.run([["EXISTS", takenKey(tripId)]]), [0]);
  });
});
