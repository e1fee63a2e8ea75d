import assert from "node:assert/strict";
import { z } from "zod";
import { readOps } from "../../scripts/ops/configuration.ts";
import { anchorOf, headingAnchor } from "../../scripts/ops/heading-anchor.ts";
import { findUntested, readRules, type Rule } from "../../scripts/ops/rule-coverage.ts";

const RUNBOOK = new URL("../../docs/runbook.md", import.meta.url);
const SEVERITIES: Readonly<Record<string, string>> = {
  FunctionDown: "P0",
  MetricsMissing: "P1",
  HighErrorRate: "P1",
  SlowResponses: "P2",
  DatabaseDown: "P0",
  DatabaseSlow: "P1",
  DatabaseConnectionsHigh: "P1",
  DatabaseLongTransaction: "P2",
  DatabaseBloat: "P3",
  CacheDown: "P2",
  CacheHitRateLow: "P3",
  NoDriversFound: "P2",
  OffersNotAccepted: "P2",
  InboxStuck: "P1",
  OutboxStuck: "P1",
  DeadLetters: "P2",
  WhatsAppErrors: "P1",
  JobNotRunning: "P1",
  RealtimeLost: "P2",
  RateLimitedMany: "P3",
  EtaOff: "P3",
  SosUnanswered: "P0",
  RolloutBreach: "P1",
  V1SyncLag: "P2",
};
const alertmanagerFile = z.object({
  inhibit_rules: z.array(z.object({
    source_matchers: z.array(z.string()),
    target_matchers: z.array(z.string()),
  })),
  route: z.object({ routes: z.array(z.object({ matchers: z.array(z.string()) })) }),
});

Deno.test("the rules have every alert, with its severity, a summary, a description and a playbook", async () => {
  const alerts = (await readRules()).filter(({ alert }) => alert !== undefined);
  const found = Object.fromEntries(alerts.map(({ alert, labels }) => [alert, labels["severity"]]));
  assert.deepEqual(found, SEVERITIES);
  for (const { alert = "", annotations } of alerts) {
    assert.ok((annotations["summary"] ?? "").length > 10, `${alert} has a summary`);
    assert.ok((annotations["description"] ?? "").length > 40, `${alert} has a description`);
    assert.equal(
      annotations["runbook_url"],
      `{{ $externalLabels.runbook }}#${headingAnchor(alert)}`,
      alert,
    );
  }
});

Deno.test("headingAnchor() gives what GitHub makes of the heading in words", () => {
  const headings = {
    FunctionDown: "Function down",
    EtaOff: "ETA off",
    V1SyncLag: "V1 sync lag",
    SosUnanswered: "SOS unanswered",
    WhatsAppErrors: "WhatsApp errors",
    RateLimitedMany: "Rate limited many",
    DatabaseConnectionsHigh: "Database connections high",
  };
  for (const [alert, heading] of Object.entries(headings)) {
    assert.equal(headingAnchor(alert), anchorOf(heading));
  }
  assert.equal(headingAnchor("V1SyncLag"), "v1-sync-lag");
});

Deno.test("every alert's playbook is a heading of docs/runbook.md", async () => {
  const text = await Deno.readTextFile(RUNBOOK);
  const anchors = new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)),
  );
  const missing = Object.keys(SEVERITIES).filter((alert) => !anchors.has(headingAnchor(alert)));
  assert.deepEqual(missing, []);
});

Deno.test("Alertmanager knows every severity, and silences only alerts that exist, never a call for help", async () => {
  const { inhibit_rules, route } = alertmanagerFile.parse(
    await readOps("alertmanager/alertmanager.yml"),
  );
  assert.deepEqual(route.routes.flatMap(({ matchers }) => matchers), [
    'severity="P0"',
    'severity="P1"',
    'severity="P2"',
    'severity="P3"',
  ]);
  for (const { source_matchers, target_matchers } of inhibit_rules) {
    for (const matcher of [...source_matchers, ...target_matchers]) {
      const [, names] = /^alertname=~?"(.+)"$/.exec(matcher) ?? [];
      for (const name of names?.split("|") ?? []) {
        assert.ok(name in SEVERITIES, `${name} exists`);
      }
    }
    assert.doesNotMatch(target_matchers.join(), /SosUnanswered/);
  }
});

Deno.test("findUntested() misses no rule without a test", () => {
  const alert: Rule = {
    alert: "Broken",
    expr: "up == 0",
    labels: { severity: "P1" },
    annotations: { summary: "s", description: "d" },
  };
  const record: Rule = { record: "a:b:c", expr: "up", labels: {}, annotations: {} };
  const quiet = { alertname: "Broken", exp_alerts: [] };
  const fires = (labels: Record<string, string>, annotations: Record<string, string>) => ({
    alertname: "Broken",
    exp_alerts: [{ exp_labels: labels, exp_annotations: annotations }],
  });
  const complete = fires({ severity: "P1" }, { summary: "s", description: "d" });
  assert.deepEqual(findUntested([alert, record], { alerts: [], expressions: [] }), [
    "Broken has no case in which it fires",
    "Broken has no case in which it is quiet",
    "a:b:c has no promql_expr_test",
  ]);
  assert.deepEqual(findUntested([alert], { alerts: [complete], expressions: [] }), [
    "Broken has no case in which it is quiet",
  ]);
  const without = fires({ severity: "P1" }, { summary: "s" });
  assert.deepEqual(findUntested([alert], { alerts: [without, quiet], expressions: [] }), [
    "Broken fires without an expected description",
  ]);
  const other = fires({ severity: "P2" }, { summary: "s", description: "d" });
  assert.deepEqual(findUntested([alert], { alerts: [other, quiet], expressions: [] }), [
    "Broken has no case in which it fires",
  ]);
  assert.deepEqual(
    findUntested([alert, record], { alerts: [complete, quiet], expressions: ["round(a:b:c, 1)"] }),
    [],
  );
});
