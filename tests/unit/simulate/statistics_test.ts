import assert from "node:assert/strict";
import fc from "fast-check";
import { createRandom } from "../../../scripts/city/random.ts";
import {
  bootstrapLists,
  distributionOf,
  type Estimate,
  gini,
  lorenz,
  mean,
  quantile,
} from "../../../scripts/simulate/statistics.ts";

Deno.test("gini() is 0 for equals, by hand for some, and nears 1 when one has all", () => {
  assert.ok(Math.abs(gini([5, 5, 5, 5])) < 1e-12);
  // (1·1 + 2·2 + 3·3 + 4·4)·2 / (4·10) − 5/4 = 0.25.
  assert.ok(Math.abs(gini([4, 1, 3, 2]) - 0.25) < 1e-12);
  assert.ok(Math.abs(gini([0, 0, 0, 12]) - 0.75) < 1e-12);
  assert.ok(Number.isNaN(gini([])));
  assert.ok(Number.isNaN(gini([0, 0])));
});

Deno.test("gini() is twice the area between the Lorenz curve and equality", () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 50 });
  fc.assert(fc.property(amounts, (values) => {
    fc.pre(values.some((value) => value > 0));
    const curve = lorenz(values);
    const area = curve.slice(1).reduce((sum, { people, share }, index) => {
      const before = curve[index] ?? { people: 0, share: 0 };
      return sum + (people - before.people) * (share + before.share) / 2;
    }, 0);
    assert.ok(Math.abs(gini(values) - (1 - 2 * area)) < 1e-9);
  }));
});

Deno.test("quantile() lies between neighbours, and distributionOf() nothing is null", () => {
  assert.equal(quantile([10, 20, 30], 0.5), 20);
  assert.equal(quantile([10, 20], 0.75), 17.5);
  assert.deepEqual(distributionOf([3, 1, 2]), {
    count: 3,
    mean: 2,
    p5: 1.1,
    p25: 1.5,
    p50: 2,
    p75: 2.5,
    p90: 2.8,
    p95: 2.9,
  });
  const { count, ...figures } = distributionOf([]);
  assert.equal(count, 0);
  assert.ok(Object.values(figures).every((figure) => figure === null));
});

function bootstrapMean(values: readonly number[], seed: number): Estimate {
  return bootstrapLists([values], {
    figure: ([drawn = []]) => mean(drawn),
    random: createRandom(seed),
    times: 300,
  });
}

Deno.test("bootstrapLists() holds the true mean about 95 times in 100, and is the same each time", () => {
  const random = createRandom(3);
  const TRUE_MEAN = 0.5;
  let held = 0;
  for (let trial = 0; trial < 200; trial++) {
    const { low, high } = bootstrapMean(Array.from({ length: 60 }, random), trial);
    if (low <= TRUE_MEAN && TRUE_MEAN <= high) held++;
  }
  assert.ok(held >= 178 && held <= 199, `held ${held} of 200`);
  const once = bootstrapMean([1, 2, 3, 9], 1);
  assert.deepEqual(bootstrapMean([1, 2, 3, 9], 1), once);
  assert.equal(once.value, 3.75);
});

Deno.test("bootstrapLists() draws each list from itself, as long as it is", () => {
  bootstrapLists([[1, 1, 1], [2, 2]], {
    figure: (lists) => {
      assert.deepEqual(lists, [[1, 1, 1], [2, 2]]);
      return 0;
    },
    random: createRandom(1),
    times: 20,
  });
});
