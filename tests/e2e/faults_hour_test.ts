import assert from "node:assert/strict";
import { runFaults } from "../../scripts/faults/run-faults.ts";
import { findRedisServer } from "../../scripts/loopback/redis-server.ts";
import { hasDatabase } from "../support/database.ts";

const FAULTS = ["redis killed", "crashed", "failing over", "whatsapp-webhook killed"];

Deno.test({
  name:
    "a city minute in which Redis dies, PostgreSQL crashes and fails over and the webhook is killed breaks no invariant",
  ignore: !hasDatabase || await findRedisServer() === undefined,
  // The stack's processes and connections are gone when it returns; the library's timers may not be.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const said: string[] = [];
    const result = await runFaults({
      minutes: 1.3,
      seed: 7,
      only: FAULTS,
      drivers: 10,
      passengers: 3,
      chats: 2,
      onProgress: (line) => said.push(line),
      onLog: (line) => said.push(line),
      onViolation: () => {},
      signal: new AbortController().signal,
    });
    Deno.exitCode = 0;
    const told = said.slice(-60).join("\n");
    assert.deepEqual(result.violations.map(({ rule, what }) => `${rule}: ${what}`), [], told);
    assert.equal(result.faults.length, FAULTS.length);
    for (const { name, recoveredAfterS } of result.faults) {
      assert.notEqual(recoveredAfterS, null, `${name}: nobody was served again\n${told}`);
    }
    assert.ok((result.checks["looks at the invariants"] ?? 0) > 10, told);
    assert.ok((result.checks["acknowledged requests found"] ?? 0) > 10, told);
    assert.ok((result.checks["chat messages answered"] ?? 0) > 5, told);
  },
});
