import assert from "node:assert/strict";
import { createRandom, pick, pickWeighted } from "../../../scripts/city/random.ts";

function draws(count: number, random: () => number): number[] {
  return Array.from({ length: count }, random);
}

Deno.test("createRandom() repeats itself for the same seed and stream alone", () => {
  const first = draws(5, createRandom(1, 2));
  assert.deepEqual(draws(5, createRandom(1, 2)), first);
  assert.notDeepEqual(draws(5, createRandom(1, 3)), first);
  assert.notDeepEqual(draws(5, createRandom(2, 2)), first);
});

Deno.test("createRandom() spreads over the whole of [0, 1)", () => {
  const numbers = draws(10_000, createRandom(7));
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, `mean ${mean}`);
});

Deno.test("pickWeighted() picks by weight and never what weighs nothing", () => {
  const items = [{ name: "never", weight: 0 }, { name: "one", weight: 1 }, {
    name: "three",
    weight: 3,
  }];
  const random = createRandom(3);
  const picked = Array.from({ length: 8_000 }, () => pickWeighted(random, items).name);
  const threes = picked.filter((name) => name === "three").length;
  assert.ok(!picked.includes("never"));
  assert.ok(Math.abs(threes / picked.length - 0.75) < 0.02, `${threes}`);
  assert.equal(pickWeighted(() => 1, items).name, "three");
});

Deno.test("pick() and pickWeighted() refuse to pick from nothing", () => {
  assert.throws(() => pick(createRandom(1), []), RangeError);
  assert.throws(() => pickWeighted(createRandom(1), []), RangeError);
});
