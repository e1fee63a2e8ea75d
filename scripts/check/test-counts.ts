/** How many tests ended how; the steps of a test are not counted beside it. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test that failed. */
export interface FailedTest {
  readonly file: string;
  readonly name: string;
  /** What it threw, with the trace. */
  readonly failure: string;
}

interface ReportedTest {
  readonly file: string;
  readonly name: string;
  readonly outcome: keyof TestCounts;
  readonly text: string;
}

/**
 * Counts the tests of a report of `deno test --junit-path`. That report knows nothing of a file that does
 * not compile or throws outside its tests: then the run has failed with no failed test, which counts as one.
 */
export function countTests(junit: string, runSucceeded: boolean): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { outcome } of readTests(junit)) counts[outcome]++;
  if (!runSucceeded && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The tests of such a report that failed. */
export function failedTests(junit: string): FailedTest[] {
  return readTests(junit)
    .filter(({ outcome }) => outcome === "failed")
    .map(({ file, name, text }) => ({
      file,
      name,
      failure: unescapeXml(/<failure [^>]*>([^]*?)<\/failure>/.exec(text)?.[1] ?? "").trim(),
    }));
}

function readTests(junit: string): ReportedTest[] {
  return junit.split("<testsuite ").slice(1).flatMap((suite) => {
    const file = unescapeXml(attribute(suite, "name"));
    const cases = suite.split("<testcase ").slice(1)
      .map((text) => ({ text, name: attribute(text, "name") }));
    const names = new Set(cases.map(({ name }) => name));
    return cases.filter(({ name }) => !isStep(name, names))
      .map(({ text, name }) => ({ file, name: unescapeXml(name), outcome: outcomeOf(text), text }));
  });
}

function outcomeOf(text: string): keyof TestCounts {
  if (text.includes("<skipped/>")) return "skipped";
  return text.includes("<failure ") ? "failed" : "passed";
}

function attribute(text: string, name: string): string {
  return new RegExp(`^${name}="([^"]*)"`).exec(text)?.[1] ?? "";
}

/** A step is named `<test> > <step>`, and the name of its test is in the report too. */
function isStep(name: string, names: ReadonlySet<string>): boolean {
  const parts = name.split(" &gt; ");
  return parts.slice(1).some((_, index) => names.has(parts.slice(0, index + 1).join(" &gt; ")));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function unescapeXml(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
