import assert from "node:assert/strict";
import { parseAdvisors, parseLint } from "../../../scripts/check/supabase-cli.ts";

Deno.test("parseLint() gives one finding an issue, with its line", () => {
  const answer = JSON.stringify({
    results: [{
      function: "mobility.record_event",
      issues: [{
        level: "error",
        message: 'schema "realtime" does not exist',
        statement: { lineNumber: "10", text: "EXECUTE" },
      }, { level: "warning", message: 'unused variable "a"' }],
    }],
    message: "db lint",
  });
  assert.deepEqual(parseLint(answer), [
    {
      rule: "mobility.record_event",
      level: "error",
      detail: 'schema "realtime" does not exist (line 10)',
    },
    { rule: "mobility.record_event", level: "warning", detail: 'unused variable "a"' },
  ]);
});

Deno.test("parseAdvisors() leaves out unused indexes and nothing else", () => {
  const answer = JSON.stringify({
    results: [
      { name: "unused_index", level: "INFO", detail: "Index `a` has not been used" },
      { name: "rls_enabled_no_policy", level: "INFO", detail: "Table `b` has no policy" },
    ],
  });
  assert.deepEqual(parseAdvisors(answer), [
    { rule: "rls_enabled_no_policy", level: "INFO", detail: "Table `b` has no policy" },
  ]);
});

Deno.test("parseAdvisors() refuses an answer it does not know", () => {
  assert.throws(() => parseAdvisors(`{"issues":[]}`));
});
