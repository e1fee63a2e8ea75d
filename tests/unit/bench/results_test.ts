import assert from "node:assert/strict";
import { ratioOf, summarize, writeReport } from "../../../scripts/bench/results.ts";

Deno.test("ratioOf() compares round by round, so that a slow minute of the machine is in both", () => {
  const over = summarize("rpc", [100, 50, 300], "searches/s");
  const under = summarize("obvious", [10, 10, 15], "searches/s");
  assert.deepEqual(ratioOf(over, under), { median: 10, min: 5, max: 20 });
});

Deno.test("summarize() is the median and the extremes, and refuses a case without rounds", () => {
  const { median, min, max } = summarize("x", [3, 1, 2], "ms");
  assert.deepEqual([median, min, max], [2, 1, 3]);
  assert.throws(() => summarize("x", [], "ms"), /"x": it has no rounds/);
});

Deno.test("writeReport() says which commit the figures are of, and how they were asked for", async () => {
  const file = await Deno.makeTempFile();
  try {
    await writeReport({ name: "x" }, file);
    const { name, commit, args } = JSON.parse(await Deno.readTextFile(file));
    assert.equal(name, "x");
    assert.deepEqual(args, []);
    assert.match(commit, /^([0-9a-f]{12}( with changes)?|unknown.*)$/);
  } finally {
    await Deno.remove(file);
  }
});
