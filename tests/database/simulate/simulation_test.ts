import assert from "node:assert/strict";
import { readCommand, type SimulateOptions } from "../../../scripts/simulate/options.ts";
import { type Results, results } from "../../../scripts/simulate/results.ts";
import { runSimulation } from "../../../scripts/simulate/run-simulation.ts";
import { simulationTest } from "./support/simulation-test.ts";

function optionsOf(...args: readonly string[]): SimulateOptions {
  const small = ["--scale", "0.004", "--drivers", "20", "--from", "11:00", "--hours", "0.1"];
  const command = readCommand([...small, ...args]);
  assert.ok(command.do === "simulate");
  return command.options;
}

async function play(options: SimulateOptions): Promise<Results> {
  const { signal } = new AbortController();
  return await runSimulation(options, { signal, onLine: () => {}, onProgress: () => {} });
}

/** What a result has that does not depend on the machine. */
function playedIn({ measured: _, ...played }: Results): Omit<Results, "measured"> {
  return played;
}

simulationTest(
  "runSimulation() breaks no rule, and of one seed is the same twice, over HTTP and without it",
  async () => {
    const first = await play(optionsOf());
    results.parse(first);
    assert.ok(first.summary.requests >= 3);
    assert.ok((first.summary.served_rate ?? 0) > 0.4);
    assert.ok(first.requests.some((row) => row.eta_error_s !== null && row.eta_error_s !== 0));
    assert.ok(first.is_complete);
    assert.ok(first.requests.every(({ outcome }) => outcome !== "unfinished"));
    assert.equal(first.invariants.length, 8);
    assert.deepEqual(first.invariants.filter(({ violations }) => violations > 0), []);
    assert.deepEqual(playedIn(await play(optionsOf("--direct"))), playedIn(first));
  },
);

simulationTest("runSimulation() assigns in windows, and breaks no rule", async () => {
  const together = await play(optionsOf("--direct", "--window-s", "5", "--strategy", "nearest"));
  assert.ok((together.summary.match_rate ?? 0) > 0.4);
  assert.deepEqual(together.invariants.filter(({ violations }) => violations > 0), []);
  const steps = together.measured.latencies.map(({ step }) => step);
  assert.ok(steps.includes("assign a window"));
});

simulationTest("runSimulation() that is stopped tells what has happened so far", async () => {
  const stop = new AbortController();
  const result = await runSimulation(optionsOf("--direct"), {
    signal: stop.signal,
    onLine: () => {},
    onProgress: ({ share }) => share > 0.9 && stop.abort(),
  });
  assert.ok(!result.is_complete);
  assert.ok(result.requests.some(({ outcome }) => outcome === "unfinished"));
  assert.deepEqual(result.invariants.filter(({ violations }) => violations > 0), []);
});
