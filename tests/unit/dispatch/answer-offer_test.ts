import assert from "node:assert/strict";
import { z } from "zod";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { answerOffer } from "../../../shared/dispatch/mod.ts";
import { takenKey } from "../../../shared/matching/availability.ts";
import { createPlatform, readConfig } from "../../../shared/platform/mod.ts";

const trips = {
  passenger_trip_id: "10000000-0000-4000-8000-000000000001",
  driver_trip_id: "10000000-0000-4000-8000-000000000002",
};
const offerId = "20000000-0000-4000-8000-000000000001";
const both = Object.values(trips).map((id) => ["EXISTS", takenKey(id)]);

/** What Redis has marked while the database answers an offer, which it refuses, and afterwards. */
async function marksOf(accept: boolean): Promise<{ meanwhile: unknown[]; afterwards: unknown[] }> {
  const redis = await MemoryRedis.create();
  let meanwhile: unknown[] = [];
  await using cache = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    createRedisFront({ redis, token: "token" }),
  );
  await using database = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = z.object({ p_offer_id: z.literal(offerId) }).parse(await request.json());
      assert.ok(body);
      if (request.url.endsWith("/rpc/get_offer_trips")) return Response.json(trips);
      meanwhile = await redis.run(both);
      return Response.json({ code: "PT409", message: "OFFER_GONE", details: "", hint: null }, {
        status: 409,
      });
    },
  );
  const platform = createPlatform("test", {
    config: readConfig({
      SUPABASE_URL: `http://127.0.0.1:${database.addr.port}`,
      SUPABASE_SERVICE_ROLE_KEY: "key",
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${cache.addr.port}`,
      UPSTASH_REDIS_REST_TOKEN: "token",
      CACHE_DEADLINE_MS: "2000",
    }),
    writeLog: () => {},
  });
  await assert.rejects(
    answerOffer(platform, { actingUser: null, idempotencyKey: null, offerId, accept }),
    { code: "OFFER_GONE" },
  );
  const afterwards = await redis.run(both);
  await redis.close();
  return { meanwhile, afterwards };
}

Deno.test("answerOffer() marks both trips of an offer before it is accepted, and gives back what was refused", async () => {
  assert.deepEqual(await marksOf(true), { meanwhile: [1, 1], afterwards: [0, 0] });
});

Deno.test("answerOffer() marks nobody for an offer that is declined", async () => {
  assert.deepEqual(await marksOf(false), { meanwhile: [0, 0], afterwards: [0, 0] });
});
