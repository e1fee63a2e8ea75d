import { z } from "zod";
import { listOps, readOps } from "./configuration.ts";

const labels = z.record(z.string(), z.string());
const ruleFile = z.object({
  groups: z.array(z.object({
    name: z.string(),
    rules: z.array(z.object({
      alert: z.string().optional(),
      record: z.string().optional(),
      expr: z.string(),
      for: z.string().optional(),
      labels: labels.default({}),
      annotations: labels.default({}),
    })),
  })),
});
const alertCase = z.object({
  alertname: z.string(),
  exp_alerts: z.array(z.object({ exp_labels: labels, exp_annotations: labels })).default([]),
});
const testFile = z.object({
  tests: z.array(z.object({
    alert_rule_test: z.array(alertCase).default([]),
    promql_expr_test: z.array(z.object({ expr: z.string() })).default([]),
  })),
});

/** A rule of `ops/prometheus/rules`. */
export type Rule = z.infer<typeof ruleFile>["groups"][number]["rules"][number];

/** What the unit tests expect of the rules. */
export interface RuleTests {
  readonly alerts: readonly z.infer<typeof alertCase>[];
  /** The expressions whose values are tested. */
  readonly expressions: readonly string[];
}

/** Reads every rule, in the order of the files. */
export async function readRules(): Promise<Rule[]> {
  const rules: Rule[] = [];
  for (const name of await listOps("prometheus/rules")) {
    const { groups } = ruleFile.parse(await readOps(`prometheus/rules/${name}`));
    rules.push(...groups.flatMap((group) => group.rules));
  }
  return rules;
}

/** Reads what the unit tests expect. */
export async function readRuleTests(): Promise<RuleTests> {
  const tests: z.infer<typeof testFile>["tests"] = [];
  for (const name of await listOps("prometheus/tests")) {
    tests.push(...testFile.parse(await readOps(`prometheus/tests/${name}`)).tests);
  }
  return {
    alerts: tests.flatMap((test) => test.alert_rule_test),
    expressions: tests.flatMap((test) => test.promql_expr_test.map(({ expr }) => expr)),
  };
}

/**
 * What is not tested: an alert needs a case in which it fires, with the labels that its rule gives and every
 * annotation, and one in which it is quiet; a recording rule needs its value.
 */
export function findUntested(rules: readonly Rule[], tests: RuleTests): string[] {
  return rules.flatMap((rule) => {
    if (rule.record !== undefined) {
      const { record } = rule;
      return tests.expressions.some((expression) => expression.includes(record))
        ? []
        : [`${record} has no promql_expr_test`];
    }
    const name = rule.alert ?? "";
    const cases = tests.alerts.filter(({ alertname }) => alertname === name);
    const fired = cases.flatMap((test) => test.exp_alerts).filter(({ exp_labels }) =>
      Object.entries(rule.labels).every(([label, value]) => exp_labels[label] === value)
    );
    const window = rule.labels["window"] === undefined ? "" : ` (window ${rule.labels["window"]})`;
    const missing: string[] = [];
    if (fired.length === 0) missing.push(`${name}${window} has no case in which it fires`);
    if (!cases.some((test) => test.exp_alerts.length === 0)) {
      missing.push(`${name}${window} has no case in which it is quiet`);
    }
    for (const { exp_annotations } of fired) {
      for (const annotation of Object.keys(rule.annotations)) {
        if (exp_annotations[annotation] === undefined) {
          missing.push(`${name}${window} fires without an expected ${annotation}`);
        }
      }
    }
    return missing;
  });
}
