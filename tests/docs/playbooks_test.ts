import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { findBinary } from "./support/find-binary.ts";
import { readDocument, readDocuments, ROOT } from "./support/documents.ts";
import { anchorOf, type Block } from "./support/markdown.ts";

const RULES = `${ROOT}/ops/prometheus/rules`;
const alertRule = z.object({
  alert: z.string(),
  labels: z.object({ severity: z.enum(["P0", "P1", "P2", "P3"]) }),
  annotations: z.object({ runbook_url: z.string() }),
});
const ruleFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.unknown()) })),
});
/** What each playbook says, in this order. */
const PARTS = ["For people:", "See it:", "", "Over when:", "Afterwards:"];

const runbook = await readDocument("docs/runbook.md");
const alerts = await readAlerts();
const promtool = await findBinary("promtool");

Deno.test("runbook: a playbook for each alert, and an alert for each playbook", () => {
  const playbooks = sectionsUnder("Playbooks").map(({ anchor }) => anchor);
  assert.deepEqual(
    playbooks.toSorted(),
    [...new Set(alerts.map(({ alert }) => anchorOfAlert(alert)))].toSorted(),
  );
  for (const { alert, annotations } of alerts) {
    assert.ok(annotations.runbook_url.endsWith(`#${anchorOfAlert(alert)}`), alert);
  }
});

for (const { text, anchor, body } of sectionsUnder("Playbooks")) {
  Deno.test(`runbook: "${text}" says its severity, what it means, how to see it, what to do, when it is over`, () => {
    const severities = alerts.filter(({ alert }) => anchorOfAlert(alert) === anchor)
      .map(({ labels }) => labels.severity);
    const said = /^\**(P[0-3])\./m.exec(body)?.[1];
    assert.deepEqual([...new Set(severities)], [said]);
    const parts = [...body.matchAll(/^\*\*([A-Z][^*]*:)\*\*/gm)].map((match) => match[1] ?? "");
    assert.equal(parts.length, PARTS.length, parts.join(" "));
    for (const [index, part] of PARTS.entries()) assert.ok(parts[index]?.startsWith(part), part);
    assert.match(parts[2] ?? "", /^(?:Causes, the likeliest first|What to do):$/);
    assert.match(body, /^1\. /m, "a list of causes");
  });
}

Deno.test({
  name: "documents: every PromQL expression is one to Prometheus",
  ignore: promtool === undefined && Deno.env.get("REQUIRE_POSTGRES") !== "1",
  fn: async () => {
    const expressions = await promql();
    assert.ok(expressions.length > 5);
    const folder = await Deno.makeTempDir({ prefix: "mobility-promql-" });
    try {
      const rules = expressions.map(({ block }, index) => ({
        record: `documents:expression${index}`,
        expr: block.code,
      }));
      const file = `${folder}/rules.yml`;
      // JSON is YAML.
      await Deno.writeTextFile(file, JSON.stringify({ groups: [{ name: "documents", rules }] }));
      const { success, stderr } = await new Deno.Command(promtool ?? "promtool", {
        args: ["check", "rules", file],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("documents: every metric that they name is one that the metrics function knows", async () => {
  const known = await metricNames();
  const unknown: string[] = [];
  for (const document of (await readDocuments()).values()) {
    for (const [name] of document.text.matchAll(/\bmobility_[a-z0-9_]*[a-z0-9]\b(?![.(])/g)) {
      const family = name.replace(/_(?:bucket|sum|count)$/, "");
      const isMetric =
        /_(?:total|seconds|bytes|up|lost|pending|dead|live|rows|max|percent|available|open)(?:_bucket|_sum|_count)?$/
          .test(name);
      if (isMetric && !known.has(name) && !known.has(family)) {
        unknown.push(`${document.path}: ${name}`);
      }
    }
  }
  assert.deepEqual(unknown, []);
});

interface Section {
  readonly text: string;
  readonly anchor: string;
  readonly body: string;
}

/** The sections of the third level below a heading of the second. */
function sectionsUnder(title: string): Section[] {
  const lines = runbook.text.split("\n");
  const { headings } = runbook;
  const start = headings.findIndex(({ text, level }) => level === 2 && text === title);
  const sections: Section[] = [];
  for (const [index, heading] of headings.entries()) {
    if (index <= start) continue;
    if (heading.level <= 2) break;
    const end = headings[index + 1]?.line ?? lines.length + 1;
    sections.push({ ...heading, body: lines.slice(heading.line, end - 1).join("\n") });
  }
  return sections;
}

/** WhatsAppErrors is "WhatsApp errors", V1SyncLag "V1 sync lag". */
function anchorOfAlert(alert: string): string {
  return anchorOf(
    alert.replace("WhatsApp", "Whatsapp").replace(/(?<!^)([A-Z])/g, " $1"),
  );
}

async function readAlerts(): Promise<z.infer<typeof alertRule>[]> {
  const found: z.infer<typeof alertRule>[] = [];
  for await (const { name } of Deno.readDir(RULES)) {
    const { groups } = ruleFile.parse(parse(await Deno.readTextFile(`${RULES}/${name}`)));
    for (const rule of groups.flatMap(({ rules }) => rules)) {
      const parsed = alertRule.safeParse(rule);
      if (parsed.success) found.push(parsed.data);
    }
  }
  return found;
}

async function promql(): Promise<{ path: string; block: Block }[]> {
  return [...(await readDocuments()).values()].flatMap(({ path, blocks }) =>
    blocks.filter(({ language }) => language === "promql").map((block) => ({ path, block }))
  );
}

/** Names in the code of shared/ and in the migrations: what they render is what there is. */
async function metricNames(): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const folder of ["shared/platform", "shared/observability"]) {
    for await (const { name, isFile } of Deno.readDir(`${ROOT}/${folder}`)) {
      if (!isFile) continue;
      const text = await Deno.readTextFile(`${ROOT}/${folder}/${name}`);
      for (const [found] of text.matchAll(/mobility_[a-z0-9_]+/g)) names.add(found);
    }
  }
  return names;
}
