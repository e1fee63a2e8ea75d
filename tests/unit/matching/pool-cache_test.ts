import assert from "node:assert/strict";
import { Cache, createLogger } from "../../../shared/platform/mod.ts";
import { readSearch } from "../../../shared/matching/pool-cache.ts";

Deno.test("readSearch() takes what it cannot read for a miss, and still tells the limit", async () => {
  let stored: string[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json([{ result: 7 }, { result: stored.map((text) => btoa(text)) }]),
  );
  const logger = createLogger("test", { level: "error", write: () => {} });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const cache = new Cache({ url, token: "token" }, { deadlineMs: 2_000, logger });
  for (stored of [[], ["{}"], ["{", "{}"], ["{}", "[1,"], ["{}", "{}"], ["null", "null", "x"]]) {
    const read = await readSearch(cache, {
      tripId: crypto.randomUUID(),
      role: "driver",
      endpoint: "find-drivers",
      subject: "ann",
      limit: { requests: 1, windowS: 60 },
    });
    assert.deepEqual(read, { limit: 7, search: undefined }, JSON.stringify(stored));
  }
});
