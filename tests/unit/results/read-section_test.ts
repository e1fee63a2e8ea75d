import assert from "node:assert/strict";
import { MEASUREMENTS } from "../../../scripts/results/measurements.ts";
import { readSection } from "../../../scripts/results/read-section.ts";
import { commandOf } from "../../../scripts/results/provenance.ts";
import { FUZZ_REPORT } from "./reports.ts";

async function readText(text: string, name: string): Promise<string | undefined> {
  const file = await Deno.makeTempFile({ suffix: `-${name}.json` });
  try {
    const measurement = MEASUREMENTS.find((known) => known.name === name);
    assert.ok(measurement);
    await Deno.writeTextFile(file, text);
    return (await readSection(measurement, file))?.title;
  } finally {
    await Deno.remove(file);
  }
}

for (const { name } of MEASUREMENTS) {
  Deno.test(`readSection() names the file and the command when it is nothing that "${name}" writes`, async () => {
    const expected = new RegExp(`Cannot read ".*-${name}\\.json".*deno task results ${name}\\n`);
    await assert.rejects(readText('{"name": "other"}', name), expected);
    await assert.rejects(readText('{"cut off', name), expected);
  });
}

Deno.test("readSection() reads what the command writes, and is undefined where nothing was measured", async () => {
  assert.equal(await readText(JSON.stringify(FUZZ_REPORT), "fuzz"), "Requests good and bad");
  const [measurement] = MEASUREMENTS;
  assert.ok(measurement);
  assert.equal(await readSection(measurement, "/nowhere/at-all.json"), undefined);
});

Deno.test("commandOf() is the command as it was given, without anybody's folders", () => {
  const task = ["load", "kigali", "--duration", "10m"];
  assert.equal(commandOf(task, {}), "deno task load kigali --duration 10m");
  assert.equal(commandOf(task, { args: ["kigali", "--short"] }), "deno task load kigali --short");
  assert.equal(
    commandOf(["simulate"], { args: ["--pickups", "/home/somebody/x.csv"] }),
    "deno task simulate --pickups x.csv",
  );
});

Deno.test("every measurement has a name of its own and a task of deno.json", async () => {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
  );
  assert.equal(new Set(MEASUREMENTS.map(({ name }) => name)).size, MEASUREMENTS.length);
  for (const { task: [task = ""] } of MEASUREMENTS) assert.ok(tasks[task], task);
});
