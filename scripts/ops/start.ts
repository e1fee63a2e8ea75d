import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { assertFree } from "../stack/ports.ts";
import { readRunning } from "../stack/running.ts";
import { portNumber } from "../stack/start.ts";
import type { MonitoringPorts } from "./configuration.ts";
import { type Monitoring, startMonitoring } from "./monitoring.ts";

const USAGE = `deno task ops [options]

Watches a project with the Prometheus, Alertmanager and blackbox exporter that are installed here, no Docker:
the stack of deno task start, or a hosted project.

  --url U          the project, such as https://<project ref>.supabase.co (the running stack)
  --token-file F   has what the metrics function takes as bearer token; needed with --url
  --ports-from N   Prometheus listens on N, Alertmanager on N+1, the blackbox exporter on N+2 (19090)
  --data DIR       the folder of the stack (.stack); what is measured is kept in its folder ops

Whom Alertmanager tells is in ops/alertmanager/alertmanager.yml.`;
const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const FIRST_PORT = 19_090;
const LOOK_EVERY_MS = 2_000;

/** `deno task ops`: watches until Ctrl-C or SIGTERM. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      url: { type: "string" },
      "token-file": { type: "string" },
      "ports-from": { type: "string" },
      data: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const data = values.data === undefined ? `${ROOT}/.stack` : resolve(values.data);
  const watched = await findWatched({ url: values.url, tokenFile: values["token-file"], data });
  if (typeof watched === "string") {
    report(watched);
    return 1;
  }
  const from = portNumber(values["ports-from"], "--ports-from") ?? FIRST_PORT;
  const ports = { prometheus: from, alertmanager: from + 1, blackbox: from + 2 };
  const taken = takenPort(ports);
  if (taken !== undefined) {
    report(`Cannot start: ${taken}. Take other ports: deno task ops --ports-from ${from + 100}`);
    return 1;
  }
  const interrupted = Promise.withResolvers<"interrupted">();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.resolve("interrupted"));
  }
  report(`watching ${watched.projectUrl}`);
  await using monitoring = await startMonitoring({
    ...watched,
    ports,
    folder: `${data}/ops`,
    onProgress: report,
  });
  print(`Prometheus    ${monitoring.urls.prometheus}/alerts`);
  print(`Alertmanager  ${monitoring.urls.alertmanager}`);
  print("Dashboards    ops/grafana/dashboards/*.json, for a Grafana of yours; Ctrl-C ends all");
  const end = Promise.race([interrupted.promise, monitoring.failed]);
  const how = await Promise.race([end, reportFirstScrapes(monitoring, end)]) ?? await end;
  if (how === "interrupted") {
    report("stopping");
    return 0;
  }
  report(how);
  return 1;
}

/** Whom to watch and with what token; what to do when that cannot be known. */
async function findWatched(
  { url, tokenFile, data }: {
    url: string | undefined;
    tokenFile: string | undefined;
    data: string;
  },
): Promise<{ projectUrl: string; token: string } | string> {
  if (url !== undefined) {
    if (!/^https?:\/\/[^/]+\/?$/.test(url)) {
      return `Cannot watch "${url}": give --url https://<project ref>.supabase.co, without a path`;
    }
    if (tokenFile === undefined) {
      return "Give --token-file with a file that has the METRICS_TOKEN of the functions";
    }
    const token = (await Deno.readTextFile(tokenFile)).trim();
    return { projectUrl: url.replace(/\/$/, ""), token };
  }
  const stack = await readRunning(data);
  if (stack === undefined) {
    return `No stack is running from ${data}. Start one (deno task start), or watch a hosted project: ` +
      "deno task ops --url https://<project ref>.supabase.co --token-file FILE";
  }
  // The service may read the metrics, so that the local stack needs no METRICS_TOKEN.
  return { projectUrl: stack.api_url, token: stack.service_role_key };
}

function takenPort(ports: MonitoringPorts): string | undefined {
  for (const [part, port] of Object.entries(ports)) {
    try {
      assertFree(port, part);
    } catch (error) {
      if (error instanceof Error && error.name === "PortTakenError") {
        return `port ${port} (${part}) is taken`;
      }
      throw error;
    }
  }
  return undefined;
}

/** Says when the first measurements are there, and what cannot be measured. Resolves to nothing. */
async function reportFirstScrapes(
  { api }: Monitoring,
  end: Promise<unknown>,
): Promise<undefined> {
  report("waiting for the first measurements, for half a minute at most");
  let isOver = false;
  end.then(() => isOver = true, () => isOver = true);
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const targets = await api.targets().catch(() => []);
    if (targets.length === 0 || targets.some(({ health }) => health === "unknown")) continue;
    for (const { labels, scrapeUrl, lastError } of targets) {
      if (lastError !== "") report(`job "${labels["job"]}" cannot read ${scrapeUrl}: ${lastError}`);
    }
    const probes = await api.query("probe_success").catch(() => []);
    for (const { labels, value } of probes) {
      if (value === 0) {
        report(`the function ${labels["function"]} does not answer its health check`);
      }
    }
    const healthy = probes.filter(({ value }) => value === 1).length;
    report(`${healthy} of ${probes.length} functions answer; alerts are evaluated every 15 s`);
    return;
  }
}

if (import.meta.main) await runCommand(main, USAGE);
