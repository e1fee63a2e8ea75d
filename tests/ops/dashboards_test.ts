import assert from "node:assert/strict";
import { z } from "zod";
import { listOps } from "../../scripts/ops/configuration.ts";
import { DASHBOARDS } from "../../scripts/ops/dashboards/mod.ts";
import { anchorOf } from "../../scripts/ops/heading-anchor.ts";
import { renderDashboards, runbookUrl } from "../../scripts/ops/write-dashboards.ts";

const RUNBOOK = new URL("../../docs/runbook.md", import.meta.url);
/** Units of Grafana that the dashboards use. */
const UNITS = ["short", "s", "percent", "percentunit", "reqps", "bytes", "Bps"];
const gridPos = z.strictObject({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });
const datasource = z.strictObject({
  type: z.literal("prometheus"),
  uid: z.literal("${datasource}"),
});
const panel = z.discriminatedUnion("type", [
  z.object({ type: z.literal("row"), id: z.number(), title: z.string(), gridPos }),
  z.object({
    type: z.enum(["stat", "timeseries", "table"]),
    id: z.number(),
    title: z.string().min(2),
    description: z.string().min(3),
    datasource,
    gridPos,
    links: z.array(z.object({ title: z.string(), url: z.url() })),
    targets: z.array(z.object({ refId: z.string(), datasource, expr: z.string().min(2) })).min(1),
    fieldConfig: z.object({ defaults: z.object({ unit: z.enum(UNITS) }) }),
  }),
]);
const dashboard = z.object({
  uid: z.string().max(40),
  title: z.string(),
  description: z.string(),
  schemaVersion: z.literal(39),
  tags: z.array(z.string()),
  templating: z.object({
    list: z.array(z.object({ type: z.literal("datasource"), name: z.literal("datasource") }))
      .length(1),
  }),
  panels: z.array(panel),
});

Deno.test("ops/grafana/dashboards are what scripts/ops/dashboards draws", async () => {
  const files = await renderDashboards();
  assert.deepEqual(
    (await listOps("grafana/dashboards")).toSorted(),
    DASHBOARDS.map(({ name }) => `${name}.json`).toSorted(),
  );
  for (const { path, text } of files) {
    assert.equal(await Deno.readTextFile(path), text, `run: deno task ops:dashboards (${path})`);
  }
});

Deno.test("each dashboard has the form that Grafana imports: ids, places, units, datasource", async () => {
  const uids = new Set<string>();
  for (const { text } of await renderDashboards()) {
    const { uid, panels } = dashboard.parse(JSON.parse(text));
    uids.add(uid);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, `${uid}: ids`);
    const taken = new Map<string, string>();
    for (const { title, gridPos: { x, y, w, h } } of panels) {
      assert.ok(x + w <= 24, `${uid}: ${title} fits`);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          const place = `${column},${line}`;
          assert.equal(taken.get(place), undefined, `${uid}: ${title} lies on ${taken.get(place)}`);
          taken.set(place, title);
        }
      }
    }
  }
  assert.deepEqual([...uids].sort(), [
    "mobility-database",
    "mobility-overview",
    "mobility-rollout",
    "mobility-service-health",
  ]);
});

Deno.test("every link of a dashboard leads to a heading of the runbook", async () => {
  const base = await runbookUrl();
  const anchors = new Set(
    [...(await Deno.readTextFile(RUNBOOK)).matchAll(/^#{1,6} (.+)$/gm)]
      .map(([, heading = ""]) => anchorOf(heading)),
  );
  let links = 0;
  for (const { text } of await renderDashboards()) {
    for (const drawn of dashboard.parse(JSON.parse(text)).panels) {
      if (drawn.type === "row") continue;
      for (const { url, title } of drawn.links) {
        const [page, anchor = ""] = url.split("#");
        assert.equal(page, base);
        assert.ok(anchors.has(anchor), `${drawn.title}: ${title}`);
        links++;
      }
    }
  }
  assert.ok(links > 20, `${links} links`);
});
