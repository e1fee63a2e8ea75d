import assert from "node:assert/strict";
import { Journal } from "../../../scripts/deploy/journal.ts";
import { runSmokeTests } from "../../../scripts/deploy/smoke/run-smoke-tests.ts";
import type { SmokeTest } from "../../../scripts/deploy/smoke/smoke-tests.ts";

Deno.test("runSmokeTests() asks again until a function is there", async () => {
  let asked = 0;
  const slow = test("slow", () => Promise.resolve(++asked < 3 ? "status 503" : undefined));
  assert.equal(await runSmokeTests([slow], { journal: await quiet() }), "1 smoke tests passed");
  assert.equal(asked, 3);
});

Deno.test("runSmokeTests() tells every test that did not pass, and where to look", async () => {
  const tests = [
    test("well", () => Promise.resolve(undefined)),
    test("ill", () => Promise.resolve("status 500")),
    test("gone", () => Promise.reject(new TypeError("connection refused"))),
  ];
  await assert.rejects(
    runSmokeTests(tests, { journal: await quiet(), patienceMs: 100 }),
    (error: Error) => {
      assert.match(error.message, /2 of 3 smoke tests did not pass/);
      assert.match(error.message, /GET \/ill: status 500\n {4}look at the logs of ill/);
      assert.match(error.message, /GET \/gone: connection refused/);
      return true;
    },
  );
});

function test(id: string, run: () => Promise<string | undefined>): SmokeTest {
  return { id, request: `GET /${id}`, lookAt: `the logs of ${id}`, run };
}

/** Progress of a test is nobody's business. */
async function quiet(): Promise<Journal> {
  return await Journal.open({ mask: (text) => text, phase: "test", toTerminal: false });
}
