import assert from "node:assert/strict";
import {
  compare,
  type ComparedFigure,
  formatComparison,
  verdictOf,
} from "../../../scripts/simulate/compare.ts";
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
