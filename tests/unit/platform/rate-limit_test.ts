import assert from "node:assert/strict";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import {
  addRateLimit,
  ApiError,
  Cache,
  createLogger,
  Metrics,
  rateLimits,
  refuseIfLimited,
} from "../../../shared/platform/mod.ts";

const logger = createLogger("test", { level: "error", write: () => {} });
const off = new Metrics(new Cache(undefined, { deadlineMs: 1, logger }));

Deno.test("addRateLimit() lets so many pass in a window, and then says how long to wait", async () => {
  const memory = await MemoryRedis.create();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    createRedisFront({ redis: memory, token: "token" }),
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cache = new Cache({ url, token: "token" }, { deadlineMs: 2_000, logger });
  // A window that will not end during the test.
  const limit = { requests: 3, windowS: 100_000_000 };
  const ask = async (subject: string, endpoint = "find"): Promise<number> => {
    const answer = await cache.exec((redis) => addRateLimit(redis, { endpoint, subject, limit }));
    return Number(answer?.[0]);
  };
  assert.deepEqual([await ask("ann"), await ask("ann"), await ask("ann")], [0, 0, 0]);
  const wait = await ask("ann");
  assert.ok(wait >= 1 && wait <= limit.windowS);
  assert.ok(
    await ask("ann") > 0,
    "a request that was turned away is not counted, nor does it help",
  );
  assert.equal(await ask("bob"), 0, "another person");
  assert.equal(await ask("ann", "accept"), 0, "another endpoint");
  await memory.close();
});

Deno.test("refuseIfLimited() raises RATE_LIMITED with the seconds to wait, else lets pass", () => {
  for (const answer of [0, "0", null, undefined, "not a number"]) {
    refuseIfLimited(off, { endpoint: "find", answer });
  }
  assert.throws(
    () => refuseIfLimited(off, { endpoint: "find", answer: "17" }),
    (error) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.code, "RATE_LIMITED");
      assert.deepEqual(error.details, { retry_after_s: 17 });
      return true;
    },
  );
});

Deno.test("rateLimits are a hundred searches and twenty proposals a minute", () => {
  assert.deepEqual(rateLimits.find, { requests: 100, windowS: 60 });
  assert.deepEqual(rateLimits.acceptMatch, { requests: 20, windowS: 60 });
});
