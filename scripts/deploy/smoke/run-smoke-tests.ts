import type { Journal } from "../journal.ts";
import { StepError } from "../run-steps.ts";
import type { SmokeTest } from "./smoke-tests.ts";

// A function that was deployed a moment ago is not everywhere yet.
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 4_000;

/**
 * Runs the tests one after the other, each until it passes or its time is over.
 * @throws {StepError} with every test that did not pass and where to look
 */
export async function runSmokeTests(
  tests: readonly SmokeTest[],
  { journal, patienceMs = PATIENCE_MS }: {
    readonly journal: Journal;
    readonly patienceMs?: number;
  },
): Promise<string> {
  const failures: string[] = [];
  // One patience for all: what is not there after a minute is not there.
  const deadline = performance.now() + patienceMs;
  for (const test of tests) {
    const problem = await passes(test, deadline);
    journal.log("smoke_test", { test: test.id, problem: problem ?? "none" });
    journal.report(`    ${problem === undefined ? "ok" : "FAILED"}  ${test.request}`);
    if (problem !== undefined) {
      failures.push(`${test.request}: ${problem}\n    look at ${test.lookAt}`);
    }
  }
  if (failures.length === 0) return `${tests.length} smoke tests passed`;
  throw new StepError(
    `${failures.length} of ${tests.length} smoke tests did not pass:\n  ${
      failures.join("\n  ")
    }\nThe share of the people was not changed. When it is mended: deno task deploy services`,
  );
}

async function passes(test: SmokeTest, deadline: number): Promise<string | undefined> {
  let pause = FIRST_PAUSE_MS;
  while (true) {
    const problem = await test.run().catch((error: unknown) =>
      error instanceof Error ? error.message : String(error)
    );
    if (problem === undefined || performance.now() + pause > deadline) return problem;
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LAST_PAUSE_MS);
  }
}
