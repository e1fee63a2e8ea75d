import assert from "node:assert/strict";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { gaugeFamilies } from "../../../shared/observability/gauge-families.ts";
import { renderGauges } from "../../../shared/observability/render-gauges.ts";
import type { SamplesByName } from "../../../shared/observability/samples.ts";
import { countedFamilies } from "../../../shared/platform/counted-families.ts";
import { Cache, createLogger, renderMetrics } from "../../../shared/platform/mod.ts";
import { declaredFamilies, seriesOf } from "../../support/metric-series.ts";
import { hasPrograms } from "../../support/monitoring-programs.ts";
import { checkWithPromtool } from "../../support/promtool.ts";

const hasPromtool = await hasPrograms(["promtool"]);

/** Every family that is asked for, with two series where it has labels. */
function everyGauge(): SamplesByName {
  return Object.fromEntries(
    Object.entries(gaugeFamilies).flatMap(([family, { type, labels }]) => {
      const of = (value: string): Record<string, string> =>
        Object.fromEntries(labels.map((label) => [label, value]));
      const samples = labels.length === 0
        ? [{ value: 1.5 }]
        : [{ labels: of("one"), value: 1 }, { labels: of("two"), value: 2e-7 }];
      if (type !== "histogram") return [[family, samples]];
      return [
        [`${family}_bucket`, [
          { labels: { le: "1" }, value: 1 },
          { labels: { le: "+Inf" }, value: 2 },
        ]],
        [`${family}_sum`, [{ value: 3.25 }]],
        [`${family}_count`, [{ value: 2 }]],
      ];
    }),
  );
}

/** Everything that is counted in Redis, as a page. */
async function everyCounter(): Promise<string> {
  const redis = await MemoryRedis.create();
  const front = createRedisFront({ redis, token: "token" });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, front);
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    const logger = createLogger("test", { level: "error", write: () => {} });
    const cache = new Cache({ url, token: "token" }, { deadlineMs: 2_000, logger });
    await cache.exec((pipeline) => {
      for (const [family, definition] of Object.entries(countedFamilies)) {
        const labels = definition.labels.map((label) => `${label}="x"`).join(",");
        const braces = labels === "" ? "" : `{${labels}}`;
        const fields = "buckets" in definition
          ? [
            [`${family}_bucket{${labels === "" ? "" : `${labels},`}le="${definition.buckets[0]}"}`],
            [`${family}_sum${braces}`],
            [`${family}_count${braces}`],
          ].flat()
          : [`${family}${braces}`];
        for (const field of fields) pipeline.hincrbyfloat("mobility:metrics", field, 1);
      }
    });
    return await renderMetrics(cache) ?? "";
  } finally {
    await server.shutdown();
    await redis.close();
  }
}

Deno.test("the page shows every family that is declared, in the Prometheus format", async () => {
  const page = await everyCounter() + renderGauges(everyGauge());
  const shown = new Set(seriesOf(page).map(({ family }) => family));
  assert.deepEqual([...shown].sort(), Object.keys(declaredFamilies).sort());
  for (const family of shown) {
    const named = page.split("\n").filter((line) => line.startsWith(`# TYPE ${family} `));
    assert.equal(named.length, 1, `${family} has one TYPE`);
  }
});

Deno.test({
  name: "the page with every family passes promtool check metrics",
  ignore: !hasPromtool,
  fn: async () => {
    assert.equal(await checkWithPromtool(await everyCounter() + renderGauges(everyGauge())), "");
    // The check itself finds what is wrong.
    assert.match(await checkWithPromtool("# TYPE a counter\na 1\na 2\n"), /\S/);
  },
});
