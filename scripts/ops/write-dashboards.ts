import { z } from "zod";
import { print } from "../print.ts";
import { runPlainCommand } from "../run-command.ts";
import { OPS, readOps } from "./configuration.ts";
import { DASHBOARDS, toGrafana } from "./dashboards/mod.ts";

const USAGE = `deno task ops:dashboards

Writes ops/grafana/dashboards from scripts/ops/dashboards. The tests fail when the files are not what it writes.`;

const prometheusFile = z.object({
  global: z.object({ external_labels: z.object({ runbook: z.url() }) }),
});

/** A dashboard's file as it has to be. */
export interface DashboardFile {
  readonly path: string;
  readonly text: string;
}

/** Where the runbook is: said once, in prometheus.yml. */
export async function runbookUrl(): Promise<string> {
  const { global } = prometheusFile.parse(await readOps("prometheus/prometheus.yml"));
  return global.external_labels.runbook;
}

/** Renders every dashboard. */
export async function renderDashboards(): Promise<DashboardFile[]> {
  const runbook = await runbookUrl();
  return DASHBOARDS.map((dashboard) => ({
    path: `${OPS}/grafana/dashboards/${dashboard.name}.json`,
    text: JSON.stringify(toGrafana(dashboard, { runbook }), null, 2) + "\n",
  }));
}

async function main(): Promise<number> {
  for (const { path, text } of await renderDashboards()) {
    await Deno.writeTextFile(path, text);
    print(path);
  }
  return 0;
}

if (import.meta.main) await runPlainCommand(main, USAGE);
