import assert from "node:assert/strict";
import { createStrategies } from "../../../shared/ranking/mod.ts";

const even = { rating: 20, acceptance: 20, completion: 20, distance: 20, recency: 20 };

Deno.test("createStrategies() has the documented weights when nothing is configured", () => {
  assert.deepEqual(createStrategies(undefined), {
    balanced: { rating: 40, acceptance: 30, completion: 30, distance: 0, recency: 0 },
    quality: { rating: 50, acceptance: 30, completion: 20, distance: 0, recency: 0 },
    proximity: { rating: 20, acceptance: 20, completion: 10, distance: 30, recency: 20 },
    nearest: { rating: 0, acceptance: 0, completion: 0, distance: 100, recency: 0 },
  });
});

Deno.test("createStrategies() replaces the configured ones and keeps the others", () => {
  const strategies = createStrategies({ quality: even });
  assert.deepEqual(strategies.quality, even);
  assert.equal(strategies.balanced.rating, 40);
  assert.deepEqual(createStrategies({}), createStrategies(undefined));
});

Deno.test("createStrategies() refuses what is no set of weights, and names it", () => {
  const refused: unknown[] = [
    { quality: { ...even, rating: 21 } },
    { quality: { ...even, rating: -20, acceptance: 60 } },
    { quality: { rating: 100 } },
    { quality: { ...even, rating: "20" } },
    { fastest: even },
    "balanced",
    null,
    [],
  ];
  for (const configured of refused) {
    assert.throws(
      () => createStrategies(configured),
      /^Error: Cannot use RANKING_STRATEGIES: /,
      JSON.stringify(configured),
    );
  }
});
