import assert from "node:assert/strict";
import { config } from "../../../web/trip/config.js";
import { PointQueue } from "../../../web/trip/point-queue.js";
import { until } from "./until.ts";

interface Batch {
  readonly token: string;
  readonly points: readonly { readonly lat: number }[];
}

Deno.test("PointQueue sends twenty points at once, in order, with the link's token", async () => {
  await using api = serveApi();
  const queue = api.queue();
  for (let lat = 1; lat <= 20; lat++) queue.add(point(lat));
  const batch = await api.next();
  assert.equal(batch.token, "token");
  assert.deepEqual(batch.points.map(({ lat }) => lat), Array.from({ length: 20 }, (_, i) => i + 1));
  await until(() => queue.size === 0, "an empty queue");
});

Deno.test("PointQueue keeps what could not be sent, over a reload too, at most 500 points, the newest", async () => {
  await using api = serveApi();
  api.answer(503);
  const queue = api.queue();
  for (let lat = 1; lat <= 520; lat++) queue.add(point(lat / 10));
  await api.next();
  assert.equal(queue.size, 500);
  assert.equal(api.kept().length, 500);
  api.answer(200);
  // The next page finds them, and sends them without being asked.
  api.queue();
  const sent: number[] = [];
  while (sent.length < 500) {
    const { points } = await api.next();
    assert.ok(points.length <= 100);
    sent.push(...points.map(({ lat }) => lat));
  }
  assert.deepEqual([sent.at(0), sent.at(499)], [2.1, 52]);
});

Deno.test("PointQueue gives up points that the server cannot read, and keeps those that come after", async () => {
  await using api = serveApi();
  api.answer(400);
  const queue = api.queue();
  for (let lat = 1; lat <= 20; lat++) queue.add(point(lat));
  await api.next();
  await until(() => queue.size === 0, "an empty queue");
  assert.deepEqual(api.refusals, []);
  api.answer(200);
  for (let lat = 1; lat <= 20; lat++) queue.add(point(lat));
  assert.equal((await api.next()).points.length, 20);
});

for (const [status, code] of [[410, "LINK_EXPIRED"], [403, "FORBIDDEN"]] as const) {
  Deno.test(`PointQueue stops for good after ${code}`, async () => {
    await using api = serveApi();
    api.answer(status, code);
    const queue = api.queue();
    for (let lat = 1; lat <= 20; lat++) queue.add(point(lat));
    await until(() => api.refusals.length > 0, "the refusal");
    assert.deepEqual(api.refusals, [code]);
    queue.add(point(1));
    assert.deepEqual([queue.size, api.kept()], [0, []]);
  });
}

interface Api extends AsyncDisposable {
  readonly refusals: string[];
  queue(): PointQueue;
  next(): Promise<Batch>;
  answer(status: number, code?: string): void;
  kept(): unknown[];
}

function serveApi(): Api {
  const name = crypto.randomUUID();
  const batches: Batch[] = [];
  const refusals: string[] = [];
  const queues: PointQueue[] = [];
  let answer = { status: 200, code: "" };
  const listening = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      assert.equal(new URL(request.url).pathname, "/tracking/links/positions");
      batches.push(await request.json());
      return Response.json({ error: { code: answer.code } }, { status: answer.status });
    },
  );
  config.apiUrl = `http://127.0.0.1:${listening.addr.port}`;
  return {
    refusals,
    queue: () => {
      const listener = {
        changed: () => {},
        refused: ({ code }: { code: string }) => void refusals.push(code),
      };
      const queue = new PointQueue("token", { name, listener });
      queues.push(queue);
      return queue;
    },
    next: async () => {
      await until(() => batches.length > 0, "a batch");
      const batch = batches.shift();
      assert.ok(batch !== undefined);
      return batch;
    },
    answer: (status, code = "") => {
      answer = { status, code };
    },
    kept: () => JSON.parse(localStorage.getItem(`trip-points:${name}`) ?? "[]"),
    [Symbol.asyncDispose]: async () => {
      for (const queue of queues) queue.clear();
      await listening.shutdown();
    },
  };
}

function point(lat: number): { lat: number; lng: number; recorded_at: string } {
  return { lat, lng: 30, recorded_at: "2026-11-23T10:00:00Z" };
}
