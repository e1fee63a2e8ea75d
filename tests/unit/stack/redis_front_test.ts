import assert from "node:assert/strict";
import { Redis } from "@upstash/redis";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";

const TOKEN = "test-token";

Deno.test("createRedisFront() answers one command, a pipeline and a transaction", async () => {
  await withFront(async (post) => {
    assert.deepEqual(await post("/", ["SET", "a", 1]), [200, { result: "OK" }]);
    assert.deepEqual(await post("/", ["GET", "a"]), [200, { result: "1" }]);
    assert.deepEqual(await post("/", ["HGET", "a", "f"]), [400, {
      error: "WRONGTYPE Operation against a key holding the wrong kind of value",
    }]);
    assert.deepEqual(await post("/pipeline", [["INCR", "a"], ["HGET", "a", "f"], ["GET", "x"]]), [
      200,
      [
        { result: 2 },
        { error: "WRONGTYPE Operation against a key holding the wrong kind of value" },
        { result: null },
      ],
    ]);
    assert.deepEqual(await post("/multi-exec", [["INCR", "a"], ["GET", "a"]]), [
      200,
      [{ result: 3 }, { result: "3" }],
    ]);
    const [status, discarded] = await post("/multi-exec", [["INCR", "a"], ["GET"]]);
    assert.equal(status, 400);
    assert.match(JSON.stringify(discarded), /EXECABORT/);
    assert.deepEqual(await post("/", ["GET", "a"]), [200, { result: "3" }]);
  });
});

Deno.test("createRedisFront() encodes every text but OK when asked for base64", async () => {
  await withFront(async (post) => {
    const options = { headers: { "upstash-encoding": "base64" } };
    assert.deepEqual(await post("/", ["SET", "a", "é"], options), [200, { result: "OK" }]);
    assert.deepEqual(
      await post("/pipeline", [["GET", "a"], ["MGET", "a", "no"], ["STRLEN", "a"]], options),
      [200, [{ result: "w6k=" }, { result: ["w6k=", null] }, { result: 2 }]],
    );
  });
});

Deno.test("createRedisFront() refuses a wrong token and what is no command", async () => {
  await withFront(async (post) => {
    const [status] = await post("/", ["PING"], { headers: { authorization: "Bearer no" } });
    assert.equal(status, 401);
    for (const body of [undefined, {}, [], [["GET"]], "GET a", [{}]]) {
      assert.equal((await post("/", body))[0], 400, JSON.stringify(body));
    }
    for (const body of [undefined, {}, ["GET", "a"], [[]]]) {
      assert.equal((await post("/pipeline", body))[0], 400, JSON.stringify(body));
      assert.equal((await post("/multi-exec", body))[0], 400, JSON.stringify(body));
    }
    assert.equal((await post("/nowhere", ["PING"]))[0], 404);
  });
});

Deno.test("MemoryRedis forgets a key when its time has come", async () => {
  let now = 1_000_000;
  const redis = await MemoryRedis.create({ now: () => now });
  await redis.run([["SET", "a", "1", "PX", "500"], ["HSET", "h", "f", "v"], ["EXPIRE", "h", "2"]]);
  now += 499;
  assert.deepEqual(await redis.run([["GET", "a"], ["PTTL", "a"], ["TTL", "h"]]), ["1", 1, 2]);
  now += 1;
  assert.deepEqual(await redis.run([["GET", "a"], ["TTL", "a"], ["SETNX", "a", "2"]]), [
    null,
    -2,
    1,
  ]);
  now += 1500;
  assert.deepEqual(await redis.run([["HGET", "h", "f"], ["DBSIZE"]]), [null, 1]);
  await redis.close();
});

Deno.test("createRedisFront() serves the @upstash/redis client, scripts included", async () => {
  const memory = await MemoryRedis.create();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    createRedisFront({ redis: memory, token: TOKEN }),
  );
  try {
    const redis = new Redis({ url: `http://127.0.0.1:${server.addr.port}`, token: TOKEN });
    assert.equal(await redis.set("k", { a: [1, "é"] }, { ex: 60 }), "OK");
    assert.deepEqual(await redis.get("k"), { a: [1, "é"] });
    await redis.hset("h", { one: 1, two: "b" });
    assert.deepEqual(await redis.hgetall("h"), { one: 1, two: "b" });
    assert.equal(await redis.hgetall("none"), null);
    await redis.zadd("z", { score: 1, member: "x" }, { score: 2, member: "y" });
    assert.deepEqual(await redis.zrange("z", 0, -1, { withScores: true }), ["x", 1, "y", 2]);
    const [count, ttl] = await redis.multi().incr("n").ttl("k").exec<[number, number]>();
    assert.deepEqual([count, ttl], [1, 60]);
    const script = redis.createScript<number[]>(
      "local data = cjson.decode(redis.call('GET', KEYS[1])) return {data.a[1], tonumber(ARGV[1])}",
    );
    assert.deepEqual(await script.exec(["k"], ["7"]), [1, 7]);
    assert.deepEqual(await script.exec(["k"], ["8"]), [1, 8]);
    await assert.rejects(redis.incr("k"), /not an integer/);
  } finally {
    await server.shutdown();
    await memory.close();
  }
});

type Post = (
  path: string,
  body: unknown,
  options?: { readonly headers?: Readonly<Record<string, string>> },
) => Promise<[status: number, body: unknown]>;

async function withFront(work: (post: Post) => Promise<void>): Promise<void> {
  const redis = await MemoryRedis.create();
  const front = createRedisFront({ redis, token: TOKEN });
  await work(async (path, body, { headers = {} } = {}) => {
    const response = await front(
      new Request(`http://redis${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        body: body === undefined ? "{nope" : JSON.stringify(body),
      }),
    );
    return [response.status, await response.json()];
  });
  await redis.close();
}
