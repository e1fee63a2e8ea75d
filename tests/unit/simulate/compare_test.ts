import assert from "node:assert/strict";
import {
  compare,
  type ComparedFigure,
  compareSeeds,
  formatComparison,
  verdictOf,
} from "../../../scripts/simulate/compare.ts";
import type { Results } from "../../../scripts/simulate/results.ts";
import { madeUpResult } from "./support/made-up-result.ts";

function figureOf(name: string, farther: number): ComparedFigure {
  const { figures } = compare(madeUpResult(), madeUpResult({ farther }));
  const figure = figures.find((known) => known.name === name);
  assert.ok(figure, name);
  return figure;
}

Deno.test("compare() pairs requests: a difference that all have is certain, however much they vary", () => {
  const distance = figureOf("pickup distance", 50);
  assert.equal(distance.pairs, 48);
  assert.ok(Math.abs(distance.difference.value - 50) < 1e-9);
  assert.ok(Math.abs(distance.difference.low - 50) < 1e-9);
  assert.ok(Math.abs(distance.difference.high - 50) < 1e-9);
  assert.equal(verdictOf(distance), "worse");
  assert.equal(verdictOf(figureOf("pickup distance", -50)), "better");
});

Deno.test("compare() of a result with itself says nothing of better or worse", () => {
  const { figures } = compare(madeUpResult(), madeUpResult());
  for (const figure of figures) {
    assert.equal(figure.difference.value, 0, figure.name);
    assert.equal(verdictOf(figure), "open", figure.name);
    assert.ok(figure.difference.low <= 0 && figure.difference.high >= 0, figure.name);
  }
});

Deno.test("compare() compares only pairs that both have", () => {
  const b = madeUpResult();
  const requests = b.requests.map((row) =>
    row.index < 30 ? { ...row, pickup_distance_m: null } : row
  );
  const { figures } = compare(madeUpResult(), { ...b, requests });
  assert.equal(figures.find(({ name }) => name === "pickup distance")?.pairs, 24);
  assert.equal(figures.find(({ name }) => name === "completed")?.pairs, 60);
});

Deno.test("compare() tells for whom: the middle of the city and the rest, and the drivers who earn least", () => {
  const { figures } = compare(madeUpResult(), madeUpResult({ farther: 50 }));
  const of = (name: string): ComparedFigure | undefined =>
    figures.find((figure) => figure.name === name);
  const halves = ["inner", "outer"].map((half) => of(`wait, ${half} half of the city`)?.pairs ?? 0);
  assert.equal((halves[0] ?? 0) + (halves[1] ?? 0), 48);
  assert.ok(halves.every((pairs) => pairs >= 20));
  assert.equal(of("earned by the quarter who earn least")?.a, 1620);
});

Deno.test("compare() refuses results of other requests, and says how to get comparable ones", () => {
  const other = { ...madeUpResult({ name: "other" }), demand: "fedcba9876543210" };
  assert.throws(
    () => compare(madeUpResult(), other),
    /Cannot compare "made-up" and "other": .*same --seed/,
  );
});

Deno.test("formatComparison() has a line for each figure, with its interval", () => {
  const comparison = compare(madeUpResult(), madeUpResult({ farther: 50 }));
  const line = formatComparison(comparison).find((text) => text.startsWith("pickup distance"));
  assert.match(line ?? "", /\+50\.0 m +\+50\.0 m to \+50\.0 m +48 +worse$/);
});

/** The same people on another day: served alike, `farther` from their drivers in one quarter of an hour. */
function seedOf(seed: number, { farther = 0 } = {}): Results {
  const result = madeUpResult({ name: `seed-${seed}` });
  const requests = result.requests.map((row) => ({
    ...row,
    pickup_distance_m: row.pickup_distance_m === null
      ? null
      : row.pickup_distance_m + (row.at_s < 900 ? farther : 0),
  }));
  return { ...result, demand: String(seed).padStart(16, "0"), requests };
}

Deno.test("compareSeeds() pools the pairs of all seeds, and draws quarters of an hour: what happened in one is less certain", () => {
  const pairs = [1, 2].map((seed) => [seedOf(seed), seedOf(seed, { farther: 80 })] as const);
  const distance = compareSeeds(pairs).find(({ measure }) => measure === "pickup_m_mean");
  assert.ok(distance);
  assert.equal(distance.pairs, 96);
  assert.ok(Math.abs(distance.difference.value - 20) < 1e-9, "a quarter of them, by 80 m");
  // Two of eight clusters have it: samples have from none of it to most.
  assert.equal(distance.difference.low, 0);
  assert.ok(distance.difference.high >= 40);
  const single = figureOf("pickup distance", 20);
  assert.ok(single.difference.high - single.difference.low < 1e-9);
});

Deno.test("compareSeeds() takes Ginis within a seed, and the mean of the seeds", () => {
  const unequal = seedOf(2);
  const rich = {
    ...unequal,
    drivers: unequal.drivers.map((row) => ({ ...row, earned: row.index === 0 ? 12_000 : 0 })),
  };
  const gini = compareSeeds([[seedOf(1), seedOf(1)], [unequal, rich]])
    .find(({ measure }) => measure === "earnings_gini");
  const alone = compareSeeds([[unequal, rich]]).find(({ measure }) => measure === "earnings_gini");
  assert.ok(gini && alone);
  assert.equal(gini.pairs, 24);
  assert.ok(Math.abs(gini.difference.value - alone.difference.value / 2) < 1e-9);
});

Deno.test("compareSeeds() refuses a pair of other requests", () => {
  assert.throws(() => compareSeeds([[seedOf(1), seedOf(1)], [seedOf(2), seedOf(3)]]), /seed-3/);
});
