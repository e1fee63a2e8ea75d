import assert from "node:assert/strict";
import { readCommand } from "../../../scripts/simulate/options.ts";

Deno.test("readCommand() plays a hundredth of Kigali's morning unless told otherwise", () => {
  const command = readCommand([]);
  assert.ok(command.do === "simulate");
  const { scale, fromMinutes, hours, seed, vehicleType, policy, name } = command.options;
  assert.deepEqual([scale, fromMinutes, hours, seed, vehicleType], [0.01, 420, 2, 1, "moto"]);
  assert.deepEqual(policy, {
    strategy: "nearest",
    windowS: 0,
    idleCreditS: 1,
    batchSize: 1,
    offerS: 30,
    radiusM: 10_000,
  });
  assert.equal(name, "kigali-nearest-1");
});

Deno.test("readCommand() plays a file whole, with cabs, and names the result after it", () => {
  const command = readCommand(["--pickups", "some/where/nyc.csv", "--strategy", "quality"]);
  assert.ok(command.do === "simulate");
  const { scale, vehicleType, name } = command.options;
  assert.deepEqual([scale, vehicleType, name], [1, "cab", "nyc-quality-1"]);
});

Deno.test("readCommand() knows what else there is to do", () => {
  assert.equal(readCommand(["-h"]).do, "help");
  assert.deepEqual(readCommand(["--compare", "a.json", "b.json"]), {
    do: "compare",
    paths: [["a.json"], ["b.json"]],
    out: undefined,
  });
  const seeds = readCommand(["--compare", "a1.json,a2.json", "b1.json,b2.json"]);
  assert.ok(seeds.do === "compare");
  assert.deepEqual(seeds.paths, [["a1.json", "a2.json"], ["b1.json", "b2.json"]]);
  assert.deepEqual(readCommand(["--report", "a.json"]), { do: "report", path: "a.json" });
});

Deno.test("readCommand() refuses what it cannot use, by name and with what it takes", () => {
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["--scale", "0"], /"0" as --scale: give a number from/],
    [["--hours", "x"], /"x" as --hours/],
    [["--seed", "1.5"], /"1.5" as --seed: give a whole number/],
    [["--from", "25:00"], /"25:00" as --from: give a time/],
    [["--from", "7"], /as --from/],
    [["--date", "2026-13-40"], /as --date/],
    [["--vehicle", "boat"], /"boat" as --vehicle: use moto, cab/],
    [["--strategy", "best"], /"best" as --strategy: use balanced, quality, proximity, nearest/],
    [["--window-s", "31"], /as --window-s/],
    [["--name", "../x"], /as --name/],
    [["--compare", "a.json"], /name two results/],
    [["--compare", "a.json,b.json", "c.json"], /compare 2 results with 1/],
    [["--study", "--seeds", "0"], /"0" as --seeds: give a whole number/],
    [["--study", "--strategy", "nearest"], /--strategy/],
    [["kigali"], /Cannot use "kigali"/],
    [["--speed", "3"], /--speed/],
  ];
  for (const [args, reason] of refused) assert.throws(() => readCommand(args), reason);
});
