import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./support/documents.ts";
import { problemOf } from "./support/known-commands.ts";

const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).optional(),
});
const job = z.strictObject({
  name: z.string(),
  if: z.string().optional(),
  needs: z.string().optional(),
  "runs-on": z.string(),
  "timeout-minutes": z.number().max(120),
  container: z.strictObject({ image: z.string(), options: z.string().optional() }),
  env: z.record(z.string(), z.string()),
  steps: z.array(step).min(1),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    push: z.strictObject({ branches: z.array(z.string()) }),
    pull_request: z.null(),
    schedule: z.array(z.strictObject({ cron: z.string() })),
    workflow_dispatch: z.null(),
  }),
  permissions: z.strictObject({ contents: z.literal("read") }),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.string() }),
  jobs: z.record(z.string(), job),
});

const ci = workflow.parse(parse(await Deno.readTextFile(`${ROOT}/.github/workflows/ci.yml`)));
const steps = Object.values(ci.jobs).flatMap((each) => each.steps);

Deno.test("ci.yml runs the gate of this repository, on the Debian that it installs for", async () => {
  const gate = ci.jobs["gate"];
  assert.ok(gate);
  assert.deepEqual(gate.steps.map(({ run }) => run).filter(Boolean).at(-1), "bash .ci/run");
  assert.match(gate.container.image, /^node:20-bookworm$/);
  assert.match(await Deno.readTextFile(`${ROOT}/.ci/run`), /postgresql-15-postgis-3/);
});

Deno.test("ci.yml brings k6 before the gate, which has a short load test where k6 is and ends with the tests' count", async () => {
  const runs = ci.jobs["gate"]?.steps.map(({ run }) => run).filter(Boolean) ?? [];
  assert.match(runs.join("\n"), /^go install go\.k6\.io\/k6@v\d+\.\d+\.\d+$/m);
  const script = await Deno.readTextFile(`${ROOT}/.ci/run`);
  assert.match(script, /for script in kigali city; do\n[^]*task load "\$script" --short\n/);
  assert.match(script, /k6 not found: short load test left out/);
  assert.match(script, /task ok\n$/);
});

Deno.test("ci.yml may read the code and nothing else, and leaves no credentials in the checkout", () => {
  assert.deepEqual(ci.permissions, { contents: "read" });
  for (const { uses, with: inputs } of steps) {
    if (uses?.startsWith("actions/checkout")) assert.equal(inputs?.["persist-credentials"], false);
  }
  assert.doesNotMatch(JSON.stringify(ci), /secrets\./);
});

Deno.test("ci.yml names every action by its release", () => {
  for (const { uses, run } of steps) {
    assert.equal([uses, run].filter((kind) => kind !== undefined).length, 1, "one of the two");
    if (uses !== undefined) assert.match(uses, /^actions\/[a-z-]+@v\d+\.\d+\.\d+$/);
  }
});

Deno.test("ci.yml calls tasks that exist, with options that they have", async () => {
  const calls = steps.map(({ run }) => run ?? "").filter((run) => run.startsWith("npx "));
  assert.ok(calls.length > 0);
  for (const call of calls) {
    assert.equal(await problemOf(call.trim().split(/\s+/)), undefined, call);
  }
});

Deno.test("the templates of issues are YAML, with a name and a question", async () => {
  const template = z.object({
    name: z.string(),
    description: z.string(),
    body: z.array(z.unknown()).min(1),
  });
  for await (const { name } of Deno.readDir(`${ROOT}/.github/ISSUE_TEMPLATE`)) {
    if (name === "config.yml") continue;
    template.parse(parse(await Deno.readTextFile(`${ROOT}/.github/ISSUE_TEMPLATE/${name}`)));
  }
});
