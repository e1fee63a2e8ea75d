import assert from "node:assert/strict";
import { Cache, createLogger } from "../../../shared/platform/mod.ts";

/** A cache over a Redis that answers so, what was logged and how often it failed. */
async function withRedis(
  answer: (request: Request) => Response | Promise<Response>,
  test: (scene: { cache: Cache; lines: string[]; failures: () => number }) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    answer,
  );
  await test(sceneAt(`http://127.0.0.1:${server.addr.port}`));
}

function sceneAt(url: string): { cache: Cache; lines: string[]; failures: () => number } {
  const lines: string[] = [];
  let failures = 0;
  const logger = createLogger("test", { level: "info", write: (line) => lines.push(line) });
  const cache = new Cache({ url, token: "hush" }, { deadlineMs: 100, logger });
  cache.onError(() => failures++);
  return { cache, lines, failures: () => failures };
}

Deno.test("Cache.exec() sends its commands in one request and answers in order", async () => {
  const bodies: unknown[] = [];
  const answer = async (request: Request): Promise<Response> => {
    assert.equal(request.headers.get("authorization"), "Bearer hush");
    bodies.push(await request.json());
    assert.equal(request.headers.get("upstash-encoding"), null);
    // Ids and numbers come back as the texts they were.
    return Response.json([{ result: "5" }, { result: null }, { result: 7 }]);
  };
  await withRedis(answer, async ({ cache, failures }) => {
    const got = await cache.exec((redis) => {
      redis.get("a");
      redis.get("b");
      redis.incr("c");
    });
    assert.deepEqual(got, ["5", null, 7]);
    assert.deepEqual(bodies, [[["get", "a"], ["get", "b"], ["incr", "c"]]]);
    assert.equal(failures(), 0);
  });
});

Deno.test("Cache.exec() answers undefined when Redis fails, counts it and logs CACHE_ERROR", async () => {
  const faults: Record<string, () => Response | Promise<Response>> = {
    "refuses the token": () => Response.json({ error: "WRONGPASS" }, { status: 401 }),
    "fails": () => new Response("oops", { status: 500 }),
    "fails one command": () => Response.json([{ error: "ERR wrong type" }]),
    "is no Redis": () => new Response("<html>"),
    "answers something else": () => Response.json({}),
  };
  for (const [name, answer] of Object.entries(faults)) {
    await withRedis(answer, async ({ cache, lines, failures }) => {
      assert.equal(await cache.exec((redis) => redis.get("a")), undefined, name);
      assert.equal(failures(), 1, name);
      assert.match(lines[0] ?? "", /"level":"warn".*"event":"cache_failed","code":"CACHE_ERROR"/);
      assert.doesNotMatch(lines.join(), /hush/);
    });
  }
});

Deno.test("Cache.exec() gives a slow Redis up at its deadline", async () => {
  const slow = async (): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return Response.json([{ result: null }]);
  };
  await withRedis(slow, async ({ cache, failures }) => {
    const startedAt = performance.now();
    assert.equal(await cache.exec((redis) => redis.get("a")), undefined);
    const took = performance.now() - startedAt;
    assert.ok(took >= 95 && took < 300, `took ${took} ms`);
    assert.equal(failures(), 1);
    await new Promise((resolve) => setTimeout(resolve, 400));
  });
});

Deno.test("Cache.exec() answers undefined when nobody listens", async () => {
  const { cache, failures } = sceneAt("http://127.0.0.1:9");
  assert.equal(cache.enabled, true);
  assert.equal(await cache.exec((redis) => redis.get("a")), undefined);
  assert.equal(failures(), 1);
});

Deno.test("Cache without a connection answers undefined at once and counts nothing", async () => {
  const lines: string[] = [];
  const logger = createLogger("test", { level: "debug", write: (line) => lines.push(line) });
  const cache = new Cache(undefined, { deadlineMs: 100, logger });
  assert.equal(cache.enabled, false);
  assert.equal(await cache.exec(() => assert.fail("nothing is built")), undefined);
  assert.deepEqual(lines, []);
});
