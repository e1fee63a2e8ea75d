import assert from "node:assert/strict";
import { countTests, failedTests } from "../../../scripts/check/test-counts.ts";

const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="9" failures="3" errors="0" time="0.058">
    <testsuite name="./a_test.ts" tests="7" disabled="2" errors="0" failures="3">
        <testcase name="ignored &lt;&amp;&gt;" classname="./a_test.ts" time="0.000" line="1" col="6">
            <skipped/>
        </testcase>
        <testcase name="steps" classname="./a_test.ts" time="0.001" line="2" col="6">
        </testcase>
        <testcase name="bad" classname="./a_test.ts" time="0.000" line="3" col="6">
            <failure message="Uncaught Error: x">Error: x &lt; y
    at a_test.ts:3</failure>
        </testcase>
        <testcase name="bad &gt; steps" classname="./a_test.ts" time="0.001" line="4" col="6">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="steps &gt; one" classname="./a_test.ts" time="0.000" line="2" col="43">
        </testcase>
        <testcase name="steps &gt; two &gt; three" classname="./a_test.ts" time="0.000" line="2" col="72">
            <skipped/>
        </testcase>
    </testsuite>
    <testsuite name="./b_test.ts" tests="2" disabled="0" errors="0" failures="0">
        <testcase name="a &gt; b is a name" classname="./b_test.ts" time="0.000" line="2" col="6">
        </testcase>
        <testcase name="one" classname="./b_test.ts" time="0.000" line="3" col="6">
        </testcase>
    </testsuite>
</testsuites>`;

Deno.test("countTests() counts tests and not their steps", () => {
  // "bad > steps" looks like a step of "bad": it is taken for one, its test has failed anyway.
  assert.deepEqual(countTests(REPORT, false), { passed: 3, failed: 1, skipped: 1 });
});

Deno.test("countTests() counts a run that failed outside its tests as a failure", () => {
  assert.deepEqual(countTests("", false), { passed: 0, failed: 1, skipped: 0 });
});

Deno.test("countTests() of no tests is nothing", () => {
  const empty = `<testsuites name="deno test" tests="0" failures="0" errors="0"></testsuites>`;
  assert.deepEqual(countTests(empty, true), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("failedTests() names the tests that failed, and what they threw", () => {
  assert.deepEqual(failedTests(REPORT), [
    { file: "./a_test.ts", name: "bad", failure: "Error: x < y\n    at a_test.ts:3" },
  ]);
});
