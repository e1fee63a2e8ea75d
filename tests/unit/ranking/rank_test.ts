import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Candidate,
  createStrategies,
  rank,
  type Ranked,
  type StrategyName,
} from "../../../shared/ranking/mod.ts";

const strategies = createStrategies(undefined);
const names = ["balanced", "quality", "proximity"] as const;
const strategy = fc.constantFrom(...names);
const candidates = fc.array(
  fc.record({
    trip_id: fc.uuid(),
    distance_m: fc.integer({ min: 0, max: 12_000 }),
    position_age_s: fc.integer({ min: 0, max: 2_000 }),
    rating: fc.option(fc.double({ min: 1, max: 5, noNaN: true })),
    acceptance_rate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    completion_rate: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    total_trips: fc.integer({ min: 0, max: 5_000 }),
    rating_count: fc.integer({ min: 0, max: 5_000 }),
    offer_count: fc.integer({ min: 0, max: 5_000 }),
    match_count: fc.integer({ min: 0, max: 5_000 }),
  }),
  { maxLength: 60 },
);
/** With so much behind it, an average is itself to three digits. */
const MANY = 10_000_000;

function scoreOf(candidate: Candidate, name: StrategyName = "balanced"): Ranked<Candidate> {
  const [best] = rank([candidate], { strategy: name, strategies });
  assert.ok(best);
  return best;
}

Deno.test("rank() gives the points worked out by hand for each strategy", () => {
  const regular = {
    rating: 4.8,
    rating_count: 90,
    acceptance_rate: 0.9,
    offer_count: 190,
    completion_rate: 0.95,
    match_count: 40,
    distance_m: 2_500,
    position_age_s: 450,
  };
  // Estimates: rating (90·4.8 + 44)/100 = 4.76, so 0.94 of the way from 1 to 5; acceptance
  // (190·0.9 + 8)/200 = 0.895; completion (40·0.95 + 9)/50 = 0.94; nearness 0.75; freshness 0.75.
  const expected = {
    balanced: [37.6, 26.85, 28.2, 0, 0, 6, 3],
    quality: [47, 26.85, 18.8, 0, 0, 6, 3],
    proximity: [18.8, 17.9, 9.4, 22.5, 15, 6, 3],
  };
  for (const name of names) {
    const { score, score_parts, rank: place } = scoreOf(regular, name);
    assert.deepEqual(Object.values(score_parts), expected[name], name);
    assert.equal(score, Number(expected[name].reduce((a, b) => a + b).toFixed(3)));
    assert.equal(place, 1);
  }
});

Deno.test("rank() gives the distance bonus up to and including 2, 5 and 10 km", () => {
  const steps = [[0, 10], [2_000, 10], [2_001, 6], [5_000, 6], [5_001, 3], [10_000, 3], [
    10_001,
    0,
  ]];
  for (const [distance_m = 0, points] of steps) {
    assert.equal(scoreOf({ distance_m }).score_parts.distance_bonus, points, `${distance_m} m`);
  }
  assert.equal(scoreOf({}).score_parts.distance_bonus, 0, "unknown");
  assert.equal(scoreOf({ distance_m: null }).score_parts.distance_bonus, 0, "null");
});

Deno.test("rank() gives the recency bonus up to and including 5, 15 and 30 minutes", () => {
  const steps = [[0, 5], [300, 5], [301, 3], [900, 3], [901, 1], [1_800, 1], [1_801, 0]];
  for (const [position_age_s = 0, points] of steps) {
    assert.equal(
      scoreOf({ position_age_s }).score_parts.recency_bonus,
      points,
      `${position_age_s} s`,
    );
  }
  assert.equal(scoreOf({}).score_parts.recency_bonus, 0, "unknown");
});

Deno.test("rank() answers the same whatever the order of its input, time after time", () => {
  fc.assert(fc.property(candidates, strategy, fc.integer(), (list, name, seed) => {
    const first = rank(list, { strategy: name, strategies });
    assert.deepEqual(rank(list, { strategy: name, strategies }), first);
    const shuffled = [...list].sort((a, b) =>
      ((parseInt(a.trip_id.slice(0, 8), 16) ^ seed) >>> 0) -
      ((parseInt(b.trip_id.slice(0, 8), 16) ^ seed) >>> 0)
    );
    assert.deepEqual(rank(shuffled, { strategy: name, strategies }), first);
  }));
});

Deno.test("rank() gives scores that are the sum of their parts, best first, numbered from 1, to the limit", () => {
  fc.assert(
    fc.property(candidates, strategy, fc.integer({ min: 1, max: 70 }), (list, name, limit) => {
      const ranked = rank(list, { strategy: name, strategies, limit });
      assert.equal(ranked.length, Math.min(limit, list.length));
      const whole = rank(list, { strategy: name, strategies });
      assert.deepEqual(ranked, whole.slice(0, limit), "the limit cuts the end off");
      ranked.forEach(({ score, score_parts, rank: place }, index) => {
        const sum = Object.values(score_parts).reduce((total, part) => total + part, 0);
        assert.ok(Math.abs(sum - score) < 1e-9);
        assert.ok(score >= 0 && score <= 115);
        assert.equal(place, index + 1);
        assert.ok(score <= (ranked[index - 1]?.score ?? Infinity));
      });
    }),
  );
});

Deno.test("rank() never ranks lower who is better in one thing and equal in the rest", () => {
  const better = fc.constantFrom(
    ["rating", 1, 5, 1],
    ["acceptance_rate", 0, 1, 1],
    ["completion_rate", 0, 1, 1],
    ["distance_m", 0, 12_000, -1],
    ["position_age_s", 0, 2_000, -1],
  );
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(fc.property(candidates, strategy, better, unit, unit, (list, name, part, x, y) => {
    const [field, from, to, sign] = part;
    if (typeof from !== "number" || typeof to !== "number" || typeof sign !== "number") return;
    for (const candidate of list) {
      const low = from + (to - from) * Math.min(x, y);
      const high = from + (to - from) * Math.max(x, y);
      const [worse, good] = sign > 0 ? [low, high] : [high, low];
      assert.ok(
        scoreOf({ ...candidate, [String(field)]: good }, name).score >=
          scoreOf({ ...candidate, [String(field)]: worse }, name).score,
        `${field}: ${good} against ${worse}`,
      );
    }
  }));
});

Deno.test("rank() breaks ties by distance, then age, then id", () => {
  const tied = [
    { trip_id: "00000000-0000-4000-8000-000000000003", distance_m: 100, position_age_s: 10 },
    { trip_id: "00000000-0000-4000-8000-000000000001", distance_m: 200, position_age_s: 5 },
    { trip_id: "00000000-0000-4000-8000-000000000002", distance_m: 100, position_age_s: 10 },
    { trip_id: "00000000-0000-4000-8000-000000000004", distance_m: 100, position_age_s: 5 },
    { trip_id: "00000000-0000-4000-8000-000000000000", position_age_s: 5 },
  ];
  const order = rank(tied, { strategy: "balanced", strategies }).map(({ trip_id }) =>
    trip_id.at(-1)
  );
  // The last is the one of whom the distance is not known: it gets no bonus for it either.
  assert.deepEqual(order, ["4", "2", "3", "1", "0"]);
  const users = [{ user_id: "b" }, { user_id: "a" }, {}];
  assert.deepEqual(
    rank(users, { strategy: "balanced", strategies }).map(({ user_id }) => user_id),
    [undefined, "a", "b"],
  );
});

Deno.test("rank() puts a newcomer below nobody bad and above nobody perfect", () => {
  const at = { distance_m: 1_000, position_age_s: 60 };
  const newcomer = {
    ...at,
    rating: null,
    rating_count: 0,
    acceptance_rate: null,
    offer_count: 0,
    completion_rate: null,
    match_count: 0,
  };
  const with_ = (value: number, share: number, count: number): Candidate => ({
    ...at,
    rating: value,
    rating_count: count,
    acceptance_rate: share,
    offer_count: count,
    completion_rate: share,
    match_count: count,
  });
  for (const name of names) {
    const own = scoreOf(newcomer, name).score;
    for (let count = 0; count <= 300; count++) {
      assert.ok(scoreOf(with_(5, 1, count), name).score >= own, `perfect after ${count}`);
      assert.ok(scoreOf(with_(3, 0.5, count), name).score <= own, `bad after ${count}`);
    }
    assert.ok(scoreOf(with_(5, 1, 1), name).score > own, "one perfect ride already counts");
    // Neither favoured for ever: after twenty rides the own record weighs twice the assumption.
    assert.ok(
      scoreOf(with_(4.7, 0.9, 20), name).score > own,
      "a good regular is before a newcomer",
    );
  }
});

Deno.test("rank() comes nearer to a person's own average with every event it rests on", () => {
  const own = scoreOf({ rating: 2, rating_count: MANY }).score_parts.rating;
  assert.ok(Math.abs(own - 10) < 0.01, "40 points, a quarter of the way from 1 to 5");
  let distance = Infinity;
  for (const rating_count of [0, 1, 5, 20, 100, 1_000, 100_000]) {
    const points = scoreOf({ rating: 2, rating_count }).score_parts.rating;
    assert.ok(Math.abs(points - own) < distance, `${rating_count}`);
    distance = Math.abs(points - own);
  }
});

Deno.test("rank() takes total_trips where a count is missing, and nothing at all as a newcomer", () => {
  const counted = scoreOf({ rating: 3, rating_count: 50 }).score;
  assert.equal(scoreOf({ rating: 3, total_trips: 50 }).score, counted);
  assert.equal(scoreOf({ rating: 3 }).score, scoreOf({}).score);
  assert.deepEqual(rank([], { strategy: "quality", strategies }), []);
});

Deno.test("rank() keeps what else a candidate carries and changes none of it", () => {
  const candidate = Object.freeze({ trip_id: crypto.randomUUID(), plate: "RAB 123 C", score: 1 });
  const { plate, score } = scoreOf(candidate);
  assert.equal(plate, "RAB 123 C");
  assert.notEqual(score, 1);
});

Deno.test("rank() by nearest is the order of distance while positions are fresh and within 10 km", () => {
  fc.assert(fc.property(candidates, (drivers) => {
    const near = drivers.map((driver) => ({
      ...driver,
      distance_m: driver.distance_m % 10_000,
      position_age_s: driver.position_age_s % 300,
    }));
    const distances = rank(near, { strategy: "nearest", strategies }).map((row) => row.distance_m);
    assert.deepEqual(distances, distances.toSorted((a, b) => a - b));
  }));
});
