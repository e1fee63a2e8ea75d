import assert from "node:assert/strict";
import { coverageTable, parseLcov, percent, totalCoverage } from "../../../scripts/check/lcov.ts";

const LCOV = `SF:/repo/shared/ranking/rank.ts
DA:1,2
LH:2
LF:3
end_of_record
SF:/repo/scripts/tool.ts
LH:0
LF:99
end_of_record
SF:/repo/shared/matching/find.ts
LH:997
LF:997
end_of_record
`;

Deno.test("parseLcov() takes the files under the root, in order", () => {
  assert.deepEqual(parseLcov(LCOV, "/repo/shared/"), [
    { file: "matching/find.ts", lines: 997, covered: 997 },
    { file: "ranking/rank.ts", lines: 3, covered: 2 },
  ]);
});

Deno.test("percent() is 100 only when every line ran", () => {
  assert.equal(percent({ file: "a", lines: 10_000, covered: 9_999 }), 99.9);
  assert.equal(percent({ file: "a", lines: 3, covered: 3 }), 100);
});

Deno.test("coverageTable() ends with the total", () => {
  const files = parseLcov(LCOV, "/repo/shared/");
  assert.deepEqual(totalCoverage(files), { file: "total", lines: 1000, covered: 999 });
  assert.match(coverageTable(files), /\ntotal +999\/1000 +99\.9$/);
});
