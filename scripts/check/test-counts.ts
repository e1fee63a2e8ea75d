/** How many tests ended how; the steps of a test are not counted beside it. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts the tests of a report of `deno test --junit-path`. That report knows nothing of a file that does
 * not compile or throws outside its tests: then the run has failed with no failed test, which counts as one.
 */
export function countTests(junit: string, runSucceeded: boolean): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of junit.split("<testsuite ").slice(1)) {
    const cases = suite.split("<testcase ").slice(1)
      .map((text) => ({ text, name: /^name="([^"]*)"/.exec(text)?.[1] ?? "" }));
    const names = new Set(cases.map(({ name }) => name));
    for (const { text, name } of cases) {
      if (isStep(name, names)) continue;
      if (text.includes("<skipped/>")) counts.skipped++;
      else if (text.includes("<failure ")) counts.failed++;
      else counts.passed++;
    }
  }
  if (!runSucceeded && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** A step is named `<test> > <step>`, and the name of its test is in the report too. */
function isStep(name: string, names: ReadonlySet<string>): boolean {
  const parts = name.split(" &gt; ");
  return parts.slice(1).some((_, index) => names.has(parts.slice(0, index + 1).join(" &gt; ")));
}
