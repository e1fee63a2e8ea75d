import assert from "node:assert/strict";
import { z } from "zod";
import { DASHBOARDS } from "../../scripts/ops/dashboards/mod.ts";
import { type Monitoring, startMonitoring } from "../../scripts/ops/monitoring.ts";
import type { PrometheusApi } from "../../scripts/ops/prometheus-api.ts";
import { readRules } from "../../scripts/ops/rule-coverage.ts";
import { JOBS } from "../../scripts/stack/jobs.ts";
import { chatSuite, type ChatWorld } from "../support/chat/chat-suite.ts";
import { openHookServer } from "../support/chat/hook-server.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { freePorts } from "../../scripts/loopback/free-ports.ts";
import { hasPrograms, hasRedisServer } from "../support/monitoring-programs.ts";
import { type RedisServer, startRedisServer } from "../../scripts/loopback/redis-server.ts";
import { until } from "../support/stack-search.ts";
import { live, SHARE } from "./support/life.ts";
import { selectorsOf } from "./support/selectors.ts";

const START = new URL("../../scripts/ops/start.ts", import.meta.url).pathname;
const V1_TABLES = new URL("../../scripts/v1/rehearsal/v1-tables.sql", import.meta.url);
const TOKEN = "a-token-for-prometheus";
const FUNCTIONS = 6;
const SCRAPES = 3;

const alertList = z.array(z.object({
  labels: z.record(z.string(), z.string()),
  status: z.object({ inhibitedBy: z.array(z.string()) }),
}));

const ignore = !hasDatabase || !await hasRedisServer() ||
  !await hasPrograms(["prometheus", "alertmanager", "blackbox"]);
const hooks = await openHookServer();
const redis: RedisServer | undefined = ignore ? undefined : await startRedisServer(freePorts(1));
let watching: Promise<Monitoring> | undefined;
let command: Promise<Deno.CommandOutput> | undefined;
let commandPid = 0;
const folder = await Deno.makeTempDir({ prefix: "mobility-ops-" });

const suite = chatSuite({
  name: "ops",
  ignore,
  database: () => createDatabase({ realtime: true }),
  jobs: JOBS,
  env: () => ({
    REDIS_URL: redis?.url ?? "",
    METRICS_TOKEN: TOKEN,
    MOBILITY_SOS_WEBHOOK_URL: hooks.url,
    MOBILITY_V1_WEBHOOK_URL: hooks.url,
    DATABASE_DEADLINE_MS: "1500",
  }),
});

// Runs before the stack's own end, which was registered first.
Deno.test.afterAll(async () => {
  if (commandPid !== 0) Deno.kill(commandPid, "SIGTERM");
  await (await watching)?.close();
  await redis?.kill();
  await hooks.close();
  await Deno.remove(folder, { recursive: true });
});

suite.test("Prometheus scrapes the metrics and every function's health with the real configuration", async (world) => {
  const { api } = await (watching ??= watch(world));
  const targets = await until(
    () => api.targets(),
    (found) => found.length > 0 && found.every(({ health }) => health === "up"),
    { ms: 30_000 },
  );
  const urls = targets.map(({ scrapeUrl }) => scrapeUrl).sort();
  assert.equal(urls.length, 1 + FUNCTIONS);
  assert.ok(urls.includes(`${world.info.functions_url}/metrics`), urls.join("\n"));
  const healthy = await until(
    () => api.query('probe_success{job="functions"} == 1'),
    (found) => found.length === FUNCTIONS,
    { ms: 30_000 },
  );
  assert.deepEqual(healthy.map(({ labels }) => labels["function"]).sort(), [
    "matching",
    "metrics",
    "orchestrator",
    "ranking",
    "tracking",
    "whatsapp-webhook",
  ]);
});

suite.test("every query of every panel has data", async (world) => {
  const { api } = await (watching ??= watch(world));
  const empty: string[] = [];
  let asked = 0;
  for (const { name, rows } of DASHBOARDS) {
    for (const panel of rows.flatMap(({ panels }) => panels)) {
      for (const { expr } of panel.queries) {
        asked++;
        if (!await hasData(api, expr.replaceAll("$__rate_interval", "2m"))) {
          empty.push(`${name}: ${panel.title}: ${expr}`);
        }
      }
    }
  }
  assert.deepEqual(empty, []);
  assert.ok(asked > 60, `${asked} queries`);
});

suite.test("every recording rule has data, and every series that an alert looks at is there", async (world) => {
  const { api } = await (watching ??= watch(world));
  const missing: string[] = [];
  for (const { alert, record, expr } of await readRules()) {
    if (record !== undefined && !await hasData(api, record)) missing.push(`${record} is empty`);
    // A quiet alert's own expression is empty: what it is made of must not be.
    await api.query(expr);
    for (const selector of selectorsOf(expr)) {
      if ((await api.query(selector)).length === 0) {
        missing.push(`${alert ?? record}: there is no ${selector}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

suite.test("Prometheus evaluates every rule without an error, and fires what it should", async (world) => {
  const { api } = await (watching ??= watch(world));
  const rules = await api.rules();
  assert.equal(rules.length, (await readRules()).length);
  assert.deepEqual(rules.filter(({ health }) => health !== "ok"), []);
  const sos = (await api.alerts()).find(({ labels }) => labels["alertname"] === "SosUnanswered");
  assert.equal(sos?.state, "firing");
  assert.equal(sos.labels["severity"], "P0");
  assert.match(sos.annotations["summary"] ?? "", /waiting for \d+m \d+s$/);
  assert.match(sos.annotations["runbook_url"] ?? "", /\/docs\/runbook\.md#sos-unanswered$/);
});

suite.test("Alertmanager silences what follows from a cause, and nothing else", async (world) => {
  const { urls } = await (watching ??= watch(world));
  const silenced: readonly Readonly<Record<string, string>>[] = [
    { alertname: "FunctionDown", function: "a" },
    { alertname: "JobNotRunning", exported_job: "sweep" },
    { alertname: "HighErrorRate", function: "matching" },
    { alertname: "InboxStuck", queue: "inbox" },
    { alertname: "MetricsMissing", job: "mobility" },
  ];
  const told: readonly Readonly<Record<string, string>>[] = [
    { alertname: "DatabaseDown" },
    { alertname: "FunctionDown", function: "metrics" },
    { alertname: "MetricsMissing", job: "functions" },
    { alertname: "WhatsAppErrors" },
    { alertname: "CacheDown" },
  ];
  const post = await fetch(`${urls.alertmanager}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify([...silenced, ...told].map((labels) => ({ labels }))),
  });
  assert.equal(post.status, 200, await post.text());
  const answer: unknown = await (await fetch(`${urls.alertmanager}/api/v2/alerts`)).json();
  const isSilenced = (labels: Readonly<Record<string, string>>): boolean =>
    alertList.parse(answer).some((alert) =>
      alert.status.inhibitedBy.length > 0 &&
      Object.entries(labels).every(([name, value]) => alert.labels[name] === value)
    );
  assert.deepEqual(silenced.filter((labels) => !isSilenced(labels)), []);
  assert.deepEqual(
    told.filter(isSilenced).map(({ alertname }) => alertname),
    // It follows from the database, too.
    ["FunctionDown"],
  );
  assert.equal(isSilenced({ alertname: "SosUnanswered" }), false);
});

suite.test("deno task ops watches a project by its URL, says what it sees, and ends with Ctrl-C", async (world) => {
  await (watching ??= watch(world));
  const { code, stdout, stderr } = await (command ?? Promise.reject(new Error("Not started")));
  const said = new TextDecoder().decode(stderr);
  assert.equal(code, 0, said);
  assert.match(said, new RegExp(`watching ${world.info.api_url}\n`));
  assert.match(said, /waiting for the first measurements/);
  assert.match(said, /6 of 6 functions answer/);
  assert.doesNotMatch(said, /cannot read/);
  assert.match(said, /stopping\n$/);
  assert.match(
    new TextDecoder().decode(stdout),
    /^Prometheus +http:\/\/127\.0\.0\.1:\d+\/alerts$/m,
  );
});

Deno.test("deno task ops says what to do when there is nothing to watch, and knows its options", async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["--data", folder], /No stack is running.*deno task start.*--url/],
    [["--url", "project"], /--url https:\/\//],
    [["--url", "https://project.supabase.co"], /--token-file/],
    [["--nonsense"], /Unknown option '--nonsense'[^]*--token-file/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await deno([START, ...args]).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), expected);
  }
});

Deno.test("selectorsOf() finds what an expression is made of", () => {
  const cases: Readonly<Record<string, string[]>> = {
    'sum by (a, b) (rate(x_total{c="d"}[5m] offset 1h)) > 0.5 and on (e) y': [
      'x_total{c="d"}',
      "y",
    ],
    "histogram_quantile(0.95, sum by (le) (rate(a:b_bucket[1m])))": ["a:b_bucket"],
    'absent(up{job="x"}) or time() - up unless bool': ['up{job="x"}', "up"],
  };
  for (const [expression, expected] of Object.entries(cases)) {
    assert.deepEqual(selectorsOf(expression), expected);
  }
});

/** Runs `deno task ops` on the stack, until it has said how many functions answer. */
async function runCommand({ info }: ChatWorld): Promise<Deno.CommandOutput> {
  const tokenFile = `${folder}/token`;
  await Deno.writeTextFile(tokenFile, `${TOKEN}\n`);
  const from = String(freePorts(3));
  const where = ["--data", `${folder}/data`, "--ports-from", from];
  const child = deno([START, "--url", info.api_url, "--token-file", tokenFile, ...where]).spawn();
  commandPid = child.pid;
  const [read, kept] = child.stderr.tee();
  const output = Promise.all([
    child.status,
    new Response(child.stdout).bytes(),
    new Response(kept).bytes(),
  ]);
  let said = "";
  for await (const text of read.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (said.includes("functions answer")) break;
  }
  if (said.includes("functions answer")) child.kill("SIGINT");
  commandPid = 0;
  const [status, stdout, stderr] = await output;
  return { ...status, stdout, stderr };
}

function deno(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** The tables of V1, and the bridge to them. */
async function putUpV1({ sql }: ChatWorld): Promise<void> {
  await sql.unsafe(await Deno.readTextFile(V1_TABLES));
  const [row] = await sql<{ installed: boolean }[]>`select mobility_v1.install() as installed`;
  assert.equal(row?.installed, true);
}

/** Life, then Prometheus, then life again, so that what counts has something to count from. */
async function watch(world: ChatWorld): Promise<Monitoring> {
  command = runCommand(world);
  await putUpV1(world);
  await world.sql`select public.set_rollout(${SHARE}, 'a test')`;
  await live(world, redis?.pid);
  const from = freePorts(3);
  const monitoring = await startMonitoring({
    folder,
    projectUrl: world.info.api_url,
    token: TOKEN,
    ports: { prometheus: from, alertmanager: from + 1, blackbox: from + 2 },
    every: "1s",
  });
  const scrapes = async (): Promise<number> => {
    const [found] = await monitoring.api.query('count_over_time(up{job="mobility"}[10m])');
    return found?.value ?? 0;
  };
  await until(scrapes, (count) => count >= SCRAPES, { ms: 30_000 });
  await live(world, redis?.pid);
  const soFar = await scrapes();
  await until(scrapes, (count) => count >= soFar + SCRAPES, { ms: 30_000 });
  return monitoring;
}

/** Whether an expression gives a number, and not only what comes of a division by nothing. */
async function hasData(api: PrometheusApi, expression: string): Promise<boolean> {
  return (await api.query(expression)).some(({ value }) => !Number.isNaN(value));
}
