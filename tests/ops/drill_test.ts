import assert from "node:assert/strict";
import { describeResult, isPassed, runDrill } from "../../scripts/ops/drill/run-drill.ts";
import { hasDatabase } from "../support/database.ts";
import { hasPrograms, hasRedisServer } from "../support/monitoring-programs.ts";

const SCALE = 30;
/** Other tests may have the machine, too. */
const SLACK_S = 15;

const ignore = !hasDatabase || !await hasRedisServer() ||
  !await hasPrograms(["prometheus", "alertmanager", "blackbox"]);

Deno.test({
  name:
    "a stopped function, a slow database and a dead Redis are told in their time, to whom they are for, and their end",
  ignore,
  fn: async () => {
    const progress: string[] = [];
    const results = await runDrill({
      scale: SCALE,
      slackS: SLACK_S,
      onProgress: (line) => progress.push(line),
    });
    assert.deepEqual(
      results.map(({ fired }) => [fired?.labels["alertname"], fired?.receiver]),
      [["FunctionDown", "page"], ["DatabaseSlow", "page"], ["CacheDown", "ticket"]],
    );
    for (const result of results) {
      assert.ok(isPassed(result), `${describeResult(result)}\n${progress.join("\n")}`);
      assert.match(result.fired?.annotations["runbook_url"] ?? "", /^https:.*runbook\.md#[a-z-]+$/);
      assert.equal(result.fired?.labels["runbook"], undefined, "it is in the link alone");
    }
  },
});
