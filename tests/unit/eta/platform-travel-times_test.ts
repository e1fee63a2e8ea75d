import assert from "node:assert/strict";
import { greatCircle, travelTimesOf, type Ways } from "../../../shared/eta/mod.ts";
import { createPlatform, readConfig } from "../../../shared/platform/mod.ts";

const ways: Ways = {
  one: { lat: -1.95, lng: 30.06 },
  others: [{ lat: -1.94, lng: 30.07 }],
  direction: "to_one",
  pace: { speed_mps: 7, road_factor: 1.3 },
};

interface Asked {
  readonly seconds: number[];
  readonly counted: string[];
  readonly log: string[];
  readonly tookMs: number;
}

async function ask(env: Record<string, string>, of: Ways = ways): Promise<Asked> {
  const log: string[] = [];
  const counted: string[] = [];
  const platform = createPlatform("test", {
    config: readConfig({
      SUPABASE_URL: "http://database.test",
      SUPABASE_SECRET_KEYS: '{"default":"sb_secret_1"}',
      ...env,
    }),
    writeLog: (line) => log.push(line),
  });
  platform.metrics.count = (family, labels) => {
    counted.push(`${family} ${Object.values(labels ?? {}).join()}`);
  };
  const startedAt = performance.now();
  const seconds = await travelTimesOf(platform).seconds(of);
  return { seconds, counted, log, tookMs: performance.now() - startedAt };
}

const plain = await greatCircle.seconds(ways);

Deno.test("travelTimesOf() takes the great circle when no server is configured", async () => {
  const { seconds, counted } = await ask({});
  assert.deepEqual([seconds, counted], [plain, ["mobility_eta_requests_total great_circle"]]);
  const none = await ask({}, { ...ways, others: [] });
  assert.deepEqual([none.seconds, none.counted], [[], []]);
});

Deno.test("travelTimesOf() asks the configured server over the wire", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      const { pathname, search } = new URL(request.url);
      assert.equal(
        pathname + search,
        "/osrm/table/v1/driving/30.060000,-1.950000;30.070000,-1.940000?sources=1&destinations=0&annotations=duration",
      );
      return Response.json({ code: "Ok", durations: [[321.9]] });
    },
  );
  const { seconds, counted } = await ask({
    OSRM_URL: `http://127.0.0.1:${server.addr.port}/osrm/`,
  });
  assert.deepEqual([seconds, counted], [[322], ["mobility_eta_requests_total osrm"]]);
});

Deno.test("travelTimesOf() falls back when the server is gone, wrong or too slow, and says so", async () => {
  const slow = Promise.withResolvers<Response>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      if (request.url.includes("/slow/")) return slow.promise;
      return Response.json({ code: "TooBig", message: "Too many" }, { status: 400 });
    },
  );
  const at = `http://127.0.0.1:${server.addr.port}`;
  for (const url of ["http://127.0.0.1:9", `${at}/wrong`, `${at}/slow`]) {
    const { seconds, counted, log, tookMs } = await ask({ OSRM_URL: url, OSRM_DEADLINE_MS: "100" });
    assert.deepEqual([seconds, counted], [plain, ["mobility_eta_requests_total fallback"]], url);
    assert.match(log.join(), /"level":"warn".*"event":"osrm_failed"/);
    // Where people are is nobody's business.
    assert.doesNotMatch(log.join(), /30\.0|driving/);
    assert.ok(tookMs < 1000, `${tookMs} ms`);
  }
  slow.resolve(new Response());
});
